"""A tiny export of an invented bureau: two devices, three detections, one of them weighed without a valid certificate."""

from __future__ import annotations

from pathlib import Path

DETECTIONS = """\
记录编号,设备编号,车牌号,车牌颜色,检测时间,违法类型,车货总重(kg),限重(kg),照片数量,是否有视频
R1,D1,豫M00001,黄,2024-03-04 08:00:00,超限,52000,49000,3,是
R2,D2,豫M00002,黄,2024-03-05 09:30:00,超限,53000,49000,3,是
R3,D1,豫M00003,黄,2024-03-06 10:15:00,超限,5万吨,49000,3,是
"""
NOTICES = """\
文书编号,记录编号,车牌号,车牌颜色,文书类型,下达时间
N1,R1,豫M00001,黄,违法告知书,2024-03-08 10:00:00
N2,R2,豫M00002,黄,违法告知书,2024-05-20 10:00:00
N3,R3,豫M00003,黄,违法告知书,2024-03-11 10:00:00
"""
DEVICES = """\
设备编号,站点编号,设备类型,启用日期
D1,S1,动态称重,2023-01-01
D2,S1,动态称重,2023-01-01
"""
CERTIFICATES = """\
证书编号,设备编号,检定日期,有效期至,检定结果
C1,D1,2024-01-01,2024-12-31,合格
C2,D2,2023-01-01,2023-06-30,合格
"""
FILES = {"检测记录.csv": DETECTIONS, "告知与文书.csv": NOTICES, "设备.csv": DEVICES, "检定证书.csv": CERTIFICATES}


def write_export(folder: Path) -> Path:
    """Write the export into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder
