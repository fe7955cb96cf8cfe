"""Scenario 1: a resident writes what is wrong, and it stands in the grid's queue."""

from handlers.outages import incidents
from handlers.outages import service as outages
from tests.support.product import Product, Resident

PLACE = "锦绣江南3栋停电了"


def test_a_report_opens_a_ticket_in_the_grids_queue_and_asks_one_thing_at_a_time(product: Product):
    wang = product.resident("王芳")
    wang.says(PLACE).bot_says("锦绣江南3栋", "刘小燕师傅会到场", "停电的范围是？", "4 不清楚")
    ticket = product.ticket_of(wang)
    wang.bot_says(ticket.number)
    assert (ticket.grid_code, ticket.state, ticket.category) == ("CD02", "assigned", "outage")
    assert (ticket.assignee_userid, ticket.priority) == ("liuxiaoyan", "P1")
    wang.says("2").bot_says("光伏或发电机").bot_does_not_say("手机号")
    wang.says("没有").bot_says("手机号").bot_does_not_say("光伏")
    wang.says("199 0000 4321").bot_says("都记下了", ticket.number)
    ticket = product.ticket_of(wang)
    assert (ticket.fields["scope"], ticket.phone) == ("building", "19900004321")


def test_what_was_said_already_is_not_asked_again(product: Product):
    li = product.resident()
    li.says("锦绣江南3栋整栋楼都没电，我家没有光伏，电话19900004322")
    li.bot_does_not_say("停电的范围是", "手机号")
    assert product.ticket_of(li).phone == "19900004322"


def test_a_place_that_two_communities_share_is_asked_back(product: Product):
    zhang = product.resident()
    zhang.says("锦绣停电了").bot_says("哪一个", "锦绣江南", "锦绣花园", "都不是")
    assert not product.tickets(openid=zhang.openid)
    choice = next(line[0] for line in zhang.last.splitlines() if line.endswith("锦绣花园"))
    zhang.says(choice).bot_says("几栋").says("2栋1单元302").bot_says("锦绣花园2栋", "单号")
    assert product.ticket_of(zhang).community_code == "C011"


def test_a_community_in_no_registry_goes_to_the_general_queue_and_is_said_so(product: Product):
    chen = product.resident()
    chen.says("家里停电了").bot_says("哪个小区")
    chen.says("紫荆云庭壹号")
    if "都不是" in chen.last:
        chen.says("都不是")
    chen.bot_says("紫荆云庭壹号", "不在我们的小区登记里", "供电服务指挥中心")
    ticket = product.ticket_of(chen)
    assert (ticket.grid_code, ticket.station_code, ticket.state) == (None, None, "open")
    product.manager("chenjing").card(ticket.number)


def test_an_answer_can_be_mended_while_the_ticket_is_taken_down(product: Product):
    zhao = product.resident()
    zhao.says(PLACE).says("2").says("没有").bot_says("手机号").says("改范围").bot_says("停电的范围")
    zhao.says("1").bot_says("只推一次", "总开关或漏电保护器跳了吗").says("没跳").bot_says("手机号")
    zhao.says("跳过").bot_says("都记下了")
    fields = product.ticket_of(zhao).fields
    assert (fields["scope"], fields["breaker"]) == ("household", "no")
    assert fields["triage"]["leaf"] == "service_line"


def test_the_place_can_be_mended(product: Product):
    zhao = product.resident()
    zhao.says("停电了").says("锦绣江南").bot_says("几栋").says("不对，是锦绣花园").says("5栋")
    ticket = product.ticket_of(zhao)
    assert (ticket.community_code, ticket.building) == ("C011", "5")


def test_a_report_can_be_dropped_started_anew_and_handed_to_a_person(product: Product):
    qian = product.resident()
    qian.says("停电了").bot_says("哪个小区").says("取消").bot_says("先不办了")
    assert not product.tickets(openid=qian.openid)
    qian.says("停电了").says("棉纺一厂宿舍").bot_says("几栋").says("重来").bot_says(
        "从头来", "小区"
    )
    qian.says("人工").bot_says("转人工").says("棉纺一厂宿舍").bot_says("单号")
    assert product.ticket_of(qian).category == "consult"


def test_the_same_matter_twice_is_the_same_ticket(product: Product):
    sun = product.resident()
    sun.says("东风新村7栋停电了").says("不清楚").says("跳过")
    number = product.ticket_of(sun).number
    sun.says("东风新村7栋停电了，快来人").bot_says(number, "已经在办")
    assert product.ticket_of(sun).number == number


def test_an_earlier_place_is_asked_back_not_silently_used(product: Product):
    zhou = product.resident()
    zhou.says("东升新村4栋停电了").says("不清楚").says("跳过")
    zhou.says("家里灯一闪一闪的").bot_says("还是东升新村4栋吗")
    zhou.says("是").bot_says("单号")
    assert [ticket.building for ticket in product.tickets(openid=zhou.openid)] == ["4", "4"]


def test_danger_comes_first_in_any_state(product: Product):
    wu = product.resident()
    wu.says("停电了").bot_says("哪个小区")
    wu.says("锦绣江南3栋楼下电线断了掉在地上冒火花").bot_says("95598")
    ticket = product.ticket_of(wu)
    assert (ticket.priority, ticket.category) == ("P0", "hazard")
    wu.bot_says(ticket.number)


def test_a_picture_and_a_location_are_answered(product: Product):
    zheng: Resident = product.resident()
    zheng.says("停电了").bot_says("哪个小区")
    zheng.does("location", latitude=29.733218, longitude=115.959789, label="莲溪路188号")
    assert zheng.last
    zheng.does("image")
    assert zheng.last


def test_a_place_that_answers_the_question_is_no_wish_of_its_own(product: Product):
    tang = product.resident()
    tang.says("没电").bot_says("哪个小区").says("只有我家").bot_says("哪个小区")
    tang.says("棉纺一厂宿舍2栋1单元301").bot_says("停电报修", "总开关")


def test_who_asks_to_hurry_before_there_is_a_ticket_reports(product: Product):
    hao = product.resident()
    hao.says("棉纺二厂宿舍8栋停电，老人怕黑，能不能快点").bot_says("单号")
    assert product.ticket_of(hao).category == "outage"


def test_paid_arrears_answer_the_question_about_them(product: Product):
    cheng = product.resident()
    cheng.says("绑定户号3699435467 程爱民").bot_says("绑好了")
    cheng.says("家里没电了").says("是").bot_says("欠费停电", "737.80")
    cheng.says("已经交了").bot_says("欠费复电", "白色按键").bot_does_not_say("接着刚才的")
    ticket = product.ticket_of(cheng)
    assert (ticket.category, ticket.fields["triage"]["leaf"]) == ("reconnection", "reconnection")


def test_who_asks_when_arrears_lead_to_a_cut_reads_the_rule(product: Product):
    product.resident().says("欠费多久停电").bot_says("30天", "7天")


def test_reports_of_one_area_hang_under_one_parent_and_all_hear_the_news(product: Product):
    reporters = [product.resident() for _ in range(4)]
    for reporter in reporters:
        reporter.says("龙井小区20栋停电了").bot_says("单号")
    found = [product.ticket_of(reporter) for reporter in reporters]
    suspected = {ticket.incident_id for ticket in found} - {None}
    assert len(suspected) == 1
    with product.parts.working() as desk:
        incident = incidents.get(desk, suspected.pop())
        outage = incidents.confirm(desk, incident, by="chenjing", reason="电缆烧坏")
        code = outage.outage_code
    for reporter in reporters:
        reporter.hears("一片停电", product.ticket_of(reporter).number)
    parents = {product.ticket_of(reporter).parent_id for reporter in reporters}
    assert len(parents) == 1
    assert parents != {None}
    late = product.resident()
    late.says("龙井小区20栋停电了").bot_says("电缆烧坏", "不用再报修")
    assert not product.tickets(openid=late.openid)
    with product.parts.working() as desk:
        outages.restore(desk, outages.get(desk, code), by="chenjing")
    for reporter in reporters:
        reporter.hears("已恢复供电")
        product.becomes(product.ticket_of(reporter).number, "resolved")
    late.hears("已恢复供电")
