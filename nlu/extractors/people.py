"""Names given as such, and marks out of five."""

import re
from collections.abc import Iterator

from nlu.extractors.reading import Reading
from nlu.understanding import Entity

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛范彭郎鲁韦"
    "昌马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵湛汪"
    "祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林钟徐邱骆高"
    "夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪解应宗丁宣邓郁单洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳"
    "段巫焦牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹龙叶幸司黎白蒲赖卓池乔阴胥闻党翟谭贡申冉桑桂"
    "边燕冀尚农温庄晏柴瞿阎连习艾鱼容向古易慎戈廖居衡步耿满文寇广欧沃利师巩聂晁敖冷辛那简饶曾沙丰关查"
    "后游竺权盖益桓公肖占涂付代闫"
)
_DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫"
_CALL = re.compile(
    r"(?:应该是|其实是|写成|户主从?|户名从?|姓名|名字|联系人|机主|业主|房东|租客|产权人|开户人|本人|我叫|叫做?|名叫|改成|改为|换成|变更为|更名为|过户给|转给|给|抬头|收件人|收票人|经办人|登记人|网格经理|客户经理|经理|师傅|工程师|同志|工号\d{2,8}|员工|电工|抢修员|表扬|投诉|我是|新户主|原户主|老公|妻子|爱人|父亲|母亲|儿子|女儿)"
    r"(?:的)?(?:名字|姓名)?(?:是|为|叫|写成|写错成?|登记成|打成|写的?是?|改成|改为|换成|:|,)? ?"
    rf"(?P<name>(?:(?:{_DOUBLE})|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})"
)
_SKILLED = re.compile(
    rf"(?:^|[,。!? 的扬谢叫是位找])(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{2}})(?=师傅|经理|同志|主任|工程师|电工|网格员|抢修员|营业员)"
)
_ENDS = re.compile(
    r"(?:$|[ ,。!?、;:()\d]|的|名下|电话|手机|身份证|户号|这个|师傅|经理|同志|态度|服务|来|去|在|上门|今天|昨天|,|和|跟|想|要|住|给|说|了|吧|谢谢|先生|女士|,|是|您|你|我|他|帮|能|可以|,|小区|家|有|没|不|负责|很|真|特别|非常|名字|怎么|办|修|换|接|处理|一直|户|过|需|热情|耐心|辛苦|冒|连夜|半夜|及时|主动|收了|骂|变更|改成|改为|换成)"
)
_NO_NAME = re.compile(
    r"(?:先生|女士|师傅|小姐|经理|主任|阿姨|大爷|大妈|老师|电话|户号|时候|什么|怎么|地址|那个|这个|不能|不是|没有|他们|我们|你们|手机|自己|别人|人家|业主|方便|高兴|满意|应该|单位|公司|全部|全家|全额|安装|安排|成功|马上|后来|后面|明天|明白|路上|路口|广告|居委|居民|向阳|连续|何时|那边|车位|万一|常常|经常|关于|关心|元|温度|单独|强电|解释|计算|申请|利用|房东|房子|解决|支付|代办|代扣|代理|查一|管理|管道|单元|应急|易燃|简单|曾经|宣传|阴天|高压|高峰|低压|金额|安全|乐意|席位|利息|盖章|权限|景区|文明|包装|包括|华为|米线|雷电|雷击|和|任何|了|项目|计量|毛病|那里|幸好|左边|全新|红)"
)
_SCORE = re.compile(
    r"(?<![\d.一二三四五六七八九十])(?P<digit>[1-5一二三四五两]) ?(?:分(?!钟|之|期|支|析|公司|时|别|摊|开|布|给|钱|$)|分(?=$|[,。!? ])|颗?星(?!期|河|电|辰|级酒店))"
    r"|(?P<stars>[★⭐🌟✨]{1,5})|(?:打|给|评)(?:个|你们?|了|他)*(?P<given>[1-5一二三四五])(?=$|[,。!? ])"
)
_ALONE = re.compile(r"[1-5]")
_SCORE_TALK = re.compile(r"打|给|评|满意|好评|差评|服务|星|分$")
_DIGITS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"}


def find(reading: Reading) -> Iterator[Entity]:
    yield from _names(reading)
    yield from _skilled(reading)
    yield from _scores(reading)


def _names(reading: Reading) -> Iterator[Entity]:
    text = reading.text
    position = 0
    while (match := _CALL.search(text, position)) is not None:
        start = match.start("name")
        position = match.start() + 1
        end = _end_of_name(text, start, match.end("name"))
        if end is None or not reading.is_free(start, end):
            continue
        position = end
        yield Entity("person", text[start:end], start, end)


def _skilled(reading: Reading) -> Iterator[Entity]:
    """A full name before a trade: 刘国庆师傅, not 张师傅."""
    for match in _SKILLED.finditer(reading.text):
        if reading.is_free(*match.span("name")) and not _NO_NAME.search(match["name"]):
            yield Entity("person", match["name"], *match.span("name"))


def _end_of_name(text: str, start: int, longest: int) -> int | None:
    """Three characters where the words go on after them as after a name, else two."""
    for end in range(longest, start + 1, -1):
        name = text[start:end]
        if (
            _ENDS.match(text, end)
            and not _NO_NAME.search(name)
            and not _NO_NAME.match(text, end - 1)
        ):
            return end
    return None


def _scores(reading: Reading) -> Iterator[Entity]:
    text = reading.text
    is_rated = reading.intent == "rate_service"
    if _ALONE.fullmatch(text) and reading.intent in {None, "rate_service"}:
        yield Entity("score", text, 0, 1)
        return
    if not is_rated and (reading.intent is not None or not _SCORE_TALK.search(text)):
        return
    for match in _SCORE.finditer(text):
        said = match["digit"] or match["given"]
        value = _DIGITS.get(said, said) if said else str(len(match["stars"]))
        if reading.is_free(*match.span()):
            yield Entity("score", value, match.start(), match.end())
