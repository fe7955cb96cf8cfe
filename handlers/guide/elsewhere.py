"""What is not ours: whom to call, what is refused, and what is danger all the same."""

import re

from config.contacts import Contacts

GAS = re.compile(r"燃气|煤气|天然气|瓦斯|液化气")
GAS_SMELL = re.compile(r"味|漏|闻|臭|泄")
GAS_DANGER = (
    "闻到燃气味，先这样做：\n1 关阀门、开窗\n2 别开关任何电器、别点火\n3 人都出去，到外面再打电话\n"
    "打燃气公司抢修电话（燃气卡、气表上有），打不通打 {fire} 或 {city}。"
)
STUCK = re.compile(r"电梯.{0,8}(?:困|关|卡|出不来)|(?:困|关|卡).{0,6}电梯")
STUCK_WORDS = (
    "电梯里的人别扒门、别跳，按警铃。\n马上打 {fire} 或物业电话，等人来救。\n"
    "是停电引起的，回「报停电」加小区名。"
)
LANDLORD = re.compile(
    r"(?:物业|房东|保安|村委会|开发商|二房东|中介|管理处|居委会|管家|管理方|商场|公寓|宿管).{0,20}(?:停电|断电|拉闸|限电|停了?我?家?的?电|把.{0,4}(?:电|闸)|不就?给.{0,8}电|不让用电|贴封条|买电|买十度|充电费)"
    r"|(?:物业|房东|管家).{0,60}电被|(?:闸|电)被(?:物业|房东|保安|管家)"
)
LANDLORD_WORDS = (
    "物业、房东停的电，我们这边不能直接合上。可以这样：\n"
    "1 先找物业或房东问原因。物业费、房租的事，不该拿停电逼您\n"
    "2 不恢复，打 {city}，或找居委会、街道\n"
    "3 家里有人靠医疗设备，马上打 {ambulance}\n"
    "如果不是人为的，是整栋都没电，回「报停电」。"
)
ILLICIT = re.compile(
    r"(?:让|使|把|叫).{0,8}(?:电表|表).{0,8}(?:慢|停|不走|不转|少走|倒转|走慢|不动)"
    r"|(?:电表|表).{0,6}(?:调慢|走慢点|倒走|倒拨|不计|做手脚|动手脚)(?!.{0,6}(?:了吗|怀疑))"
    r"|(?:怎么|如何|咋|教我|有没有办法|想).{0,6}(?:偷电|窃电)|(?:绕|越)过电表|(?:偷|窃).{0,6}电(?![瓶动视脑单驴])|磁.{0,10}(?:电表|省电)|电表.{0,8}磁"
)
ILLICIT_WORDS = (
    "动电表、绕表用电是违法的，还会触电、起火，这个不能帮您。\n"
    "想省电费，问我「怎么省电」，或办峰谷电价；觉得表走得快，回「校表」，免费。"
)
POLICE = re.compile(
    r"走失|失踪|打架|小偷|抢劫|被偷|报警(?!器)|砍人|拐卖|找不到.{0,4}(?:妈|爸|孩子|老人)"
)
POLICE_WORDS = "这事我帮不上，请马上打 {police}。"
SAD = re.compile(r"想死|不想活|活不下去|自杀|轻生")
SAD_WORDS = (
    "听您这么说，很担心您。请先别一个人待着，给家人朋友打个电话，"
    "或打心理援助热线 {crisis_line}。有危险马上打 {police} 或 {ambulance}。"
)
ILL = re.compile(r"突发|心脏病|晕倒|昏迷|中风|喘不上气")
ILL_WORDS = "人不舒服，马上打 {ambulance}。"
FIRE = re.compile(r"(?<!打不)(?<!点不)着火|(?<!后院)起火|失火|烧秸秆|冒黑烟|浓烟")
FIRE_WORDS = "看到着火，人先离远，马上打 {fire}。火离电线近，或烧到电线、配电箱，告诉我在哪里。"
CHARGERS = re.compile(
    r"充电桩?.{0,6}(?:扣费|扣了|退款|押金)|跳枪|特来电|星星充电|小桔|云快充|特斯拉|蔚来|第三方.{0,4}充电"
)
CHARGERS_WORDS = "这是别家的充电站，请打桩上或App里的客服电话。我们的桩坏了，把桩上的编号发来报修。"
APPLIANCE = re.compile(
    r"(?!.*(?:信号|机顶盒|有线|没网))(?:洗衣机|冰箱|空调|电视|热水器|电磁炉|电饭煲|电饭锅|豆浆机|扫地机器人|微波炉|油烟机|电脑|音箱|风扇).{0,14}"
    r"(?:坏|不|报|漏水|蓝屏|响|慢|没反应|修|移机|故障|灯|E\d)"
)
CITY = re.compile(
    r"井盖|积水|返水|太吵|扰民|噪音|占道|乱停|公交|地铁|社保|医保|公积金|养老金|退休金|低保|个税|退税|户口|身份证|驾照|结婚证|疫苗|幼儿园|学校报名|路面|坑|流浪狗|绿化|健身器材|城管"
)
CITY_WORDS = "这事不归供电管，我办不了。打政府热线 {city}，什么部门的事都能帮您转。"
APPLIANCE_WORDS = "别的电器都正常，多半是这台电器的毛病，请打它的售后电话（机身上有）。整个家里没电，回「报停电」。"
JOBS = re.compile(r"上班要|学历|职称|招聘|招工|招人|应聘|简历|工资|实习|考电网|进电网|国网考试")
JOBS_WORDS = "招聘的事我不清楚，请看「国家电网公司人力资源招聘平台」。有人说花钱能进，别信。"
SELLING = re.compile(
    r"加V|加v|中奖|砍一刀|集赞|投个票|贷款|加微信|兼职|推广|代办|优惠券|刷单|挂靠|回收|中介|投资|理财|彩票|股票"
)
SELLING_WORDS = "这里只办用电的事，不接推广，也请别转账。用电有事随时说。"
BATTERY = re.compile(r"(?:手机|充电宝|手表|耳机|电瓶|车|遥控器|平板).{0,4}没电")
BATTERY_WORDS = "是电池没电了吧，充一会儿就好。要是家里停电没法充，回「报停电」。"
OTHER = "这事归{name}管，我们办不了。请打 {number}。"
OTHER_CITY = "这事归{name}管，我们办不了。请打{name}的电话，不知道号码就打 {city}，会帮您转。"

# In this order: life first, then what looks like our matter and is not, then the rest.
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (SAD, SAD_WORDS),
    (STUCK, STUCK_WORDS),
    (ILL, ILL_WORDS),
    (FIRE, FIRE_WORDS),
    (POLICE, POLICE_WORDS),
    (ILLICIT, ILLICIT_WORDS),
    (LANDLORD, LANDLORD_WORDS),
    (CHARGERS, CHARGERS_WORDS),
    (BATTERY, BATTERY_WORDS),
    (APPLIANCE, APPLIANCE_WORDS),
)
LATER_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (CITY, CITY_WORDS),
    (JOBS, JOBS_WORDS),
    (SELLING, SELLING_WORDS),
)


def words_for(text: str, contacts: Contacts) -> str | None:
    """What to say to a text that is not ours to serve; None where nobody is known for it."""
    if GAS.search(text) and GAS_SMELL.search(text):
        return GAS_DANGER
    if (said := _first(RULES, text)) is not None:
        return said
    if (other := contacts.responsible_for(text)) is not None:
        number = other.number
        line = OTHER if number else OTHER_CITY
        said = line.replace("{name}", other.name).replace("{number}", number)
        return f"{said}\n{other.advice}" if other.advice else said
    return _first(LATER_RULES, text)


def _first(rules: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str | None:
    return next((words for pattern, words in rules if pattern.search(text)), None)
