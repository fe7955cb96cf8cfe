"""A city small enough to break one thing at a time."""

from pathlib import Path

from openpyxl import Workbook

FILES: dict[str, list[str]] = {
    "stations": [
        "station_code,name,address,phone,duty_phone,hall_hours,latitude,longitude",
        "CD,城东供电服务站,建设东路118号,19900004254,0792-8123456,08:30-17:30,29.7236,115.9712",
    ],
    "grids": ["grid_code,station_code,name,household_limit", "CD01,CD,棉纺网格,"],
    "feeders": ["feeder_code,name,substation", "F01,10kV 棉纺线,110kV塔岭变"],
    "transformer_areas": [
        "area_code,name,feeder_code,grid_code,kind,capacity_kva,households",
        "TQ1,棉纺#1公变,F01,CD01,public,500,300",
        "TQ2,棉纺#2公变,F01,CD01,public,400,200",
    ],
    "communities": [
        "community_code,name,aliases,kind,address,latitude,longitude,property_contact",
        "C001,棉纺一厂宿舍,一棉宿舍;一棉,estate,棉纺路12号,29.7,115.9,吴主任 19900008045",
        "C002,莲溪村,莲溪,village,莲溪乡,,,",
    ],
    "community_areas": [
        "community_code,area_code,buildings",
        "C001,TQ1,1-6;8",
        "C001,TQ2,7;9-14",
        "C002,TQ2,",
    ],
    "staff": [
        "userid,name,phone,role,station_code,safety_trained,starts,ends",
        "zhou,周志强,19900009432,customer_manager,CD,1,08:00,18:00",
        "liu,刘小燕,19900008091,customer_manager,CD,1,08:00,18:00",
        "chen,陈静,19900008225,command_center,,0,,",
    ],
    "grid_staff": ["grid_code,userid,duty,responsible", "CD01,zhou,A,1", "CD01,liu,B,0"],
    "groups": [
        "group_code,name,channel,target,owner_userid,community_codes,buildings,quiet_from,quiet_until",
        "Q1,棉纺群,wecom_customer_group,wr1,zhou,C001;C002,,22:00,07:00",
    ],
    "customers": [
        "account_number,name,phone,community_code,building,room,area_code,meter_number,tariff,smart_remote,sensitive,arrears_cut,balance",
        "3699246192,张建国,19900007716,C001,3,2单元501,TQ1,3699001000000074548881,tiered,1,,0,-35.5",
        "3699000215216,李梅,,C002,,,TQ2,,tiered_tou,0,life_support,0,",
    ],
    "bills": [
        "account_number,period,kwh,peak_kwh,valley_kwh,amount,tier_reached,due_on,paid_on",
        "3699246192,2026-09,230,,,126.5,1,2026-10-25,2026-10-02",
        "3699246192,2026-12,310,,,180.00,2,,",
    ],
    "outages": [
        "outage_code,kind,area_codes,starts_at,ends_at,reason,slot_reason",
        "TD1,planned,TQ1;TQ2,2026-12-01T08:00:00+08:00,2026-12-01T12:00:00+08:00,线路检修,白天",
    ],
}


def city(folder: Path, **rows: list[str]) -> Path:
    """The files in a folder; for a file that is named, its rows below the header."""
    folder.mkdir(exist_ok=True)
    for name, lines in FILES.items():
        kept = [lines[0], *rows[name]] if name in rows else lines
        (folder / f"{name}.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


def with_row(file: str, *rows: str) -> list[str]:
    """The rows of a file and more below them."""
    return [*FILES[file][1:], *rows]


def workbook(path: Path) -> Path:
    """The same city as the sheets of one workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in FILES.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line.split(","))
    book.save(path)
    return path
