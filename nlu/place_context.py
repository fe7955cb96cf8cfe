"""Whether the words around a name make it a place: denied, a station's name, an everyday word."""

import re

_DENIED = re.compile(
    r"(?:不是|不在|没在|没住|不住|并非|而非|不叫|不归|别写|不属于)(?:我们|我|在|说|指|什么|那个|那边的?|住|叫|去|咱们?)?$"
)
# A grid, station, feeder or office bears the name of the quarter; it is not the quarter.
_OFFICE = re.compile(
    r"(?:这个|那个)?(?:供电)?(?:网格|供电|服务站|营业[厅所]|营销|抢修|变电|台区|街道办|派出所|居委会?的?网格|片区经理|路?线(?![上下])|变(?![压成得])|#?\d*(?:公变|专变)|分局|所(?:的|长)|站(?!前|台|点|着|在))"
)
_LONGER = re.compile(
    r"(?:路(?!灯|口|边|上|段)|街道|大道|大街|镇|新街|北路|南路|东路|西路|社会|中全会|午|银行|小学|中学|大学|医院|酒店|宾馆|幼儿园|超市)"
)
_PLACE_AFTER = re.compile(
    r"(?: ?$|[ ,。!?、;:(]|大门|这|那|里|小区|社区|村|大院|家属|宿舍|生活区|附近|旁边|对面|门口|后面|前面|周边|一带|边上|路口|"
    r"[\da-z零一二三四五六七八九十]+ ?(?:栋|幢|座|号|#|单元|组|期|区|队|-|室|门|楼)|[东西南北]区|"
    r"整|全|都|也|又|还|停|没|断|来|有|明|今|昨|后天|现在|什么|怎么|是不是|为|啥|几|跳|灯|电|漏|着|冒|的|住|业主|居民|一直|突然|目前|已|要|会|能|从|到|跟|和|与|或|检修|计划|变压器|表箱|楼|老|充电|吗|呢|啊|吧|哪|装|想|申请|报装|报修|办理|屋顶|车位|地库|商铺|开户|销户|过户|换表|刚|前天|晚上|凌晨|早上|上午|中午|下午|半夜)"
)
_PLACE_BEFORE = re.compile(
    r"(?:^ ?|[ ,。!?、;:(\"]|在|住|我们|咱们?|我是|俺们?|这边是?|这里是?|是|到|去|来|从|和|跟|与|或|还是|地址|小区|社区|城区|街道|村|请问|你好|您好|听说|说|关于|给|把|对|查|问一?下?|叫|于|镇|市|区|整个|全|老|今天|明天|昨天|昨晚|今晚|后天|现在|为什么|怎么|为啥|那个?|这个?|我|家|的|有|绑定|订阅|吗)$"
)
_SPAN = 8


def is_denied(text: str, start: int) -> bool:
    """The resident says that it is not this place."""
    return _DENIED.search(text[max(0, start - _SPAN) : start]) is not None


def is_office(text: str, end: int) -> bool:
    """What follows makes it a grid, station, feeder or transformer of that name."""
    return _OFFICE.match(text, end) is not None


def is_longer_name(text: str, end: int) -> bool:
    """What follows makes it another name: 龙井 in 龙井路."""
    return _LONGER.match(text, end) is not None


def is_spoken_as_place(text: str, start: int, end: int) -> bool:
    """Both sides read as they do around a place; asked of names that are everyday words too."""
    before = text[max(0, start - _SPAN) : start]
    return bool(_PLACE_BEFORE.search(before)) and bool(_PLACE_AFTER.match(text, end))
