"""Made-up nights of a bureau: new rows, late ones, corrected ones, files that come again, files that cannot be read."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

START = datetime(2024, 1, 10, 8)
DETECTIONS = "记录编号,设备编号,车牌号,车牌颜色,检测时间,违法类型,车货总重(kg),限重(kg),照片数量,是否有视频"
SHORT = "记录编号,设备编号,车牌号,检测时间,违法类型"
NOTICES = "文书编号,记录编号,车牌号,车牌颜色,文书类型,下达时间"
DEVICES = "设备编号,站点编号,设备类型,启用日期"
CERTIFICATES = "证书编号,设备编号,检定日期,有效期至,检定结果"


@dataclass
class Maker:
    """Makes one night after the other from a seed."""

    seed: int
    rows: int = 12
    rng: random.Random = field(init=False)
    known: list[str] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    night: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def __next__(self) -> dict[str, str]:
        """Return the files of the next night by name; a name may come again with other contents, never in one night."""
        self.night += 1
        made = {"检测记录.csv": self._detections(), "文书/告知与文书.csv": self._notices()}
        if self.night == 1 or self.rng.random() < 0.3:
            made["设备.csv"] = self._devices()
        if self.night == 1 or self.rng.random() < 0.4:
            made["检定证书.csv"] = self._certificates()
        if self.rng.random() < 0.25:
            made[f"说明{self.night}.csv"] = f"甲,乙\n{self.night},2\n"
        if self.files and self.rng.random() < 0.3:
            made["又一次.csv"] = self.rng.choice(self.files)[1]
        fresh = {name: text for name, text in made.items() if (text not in [old for _, old in self.files])}
        self.files += fresh.items()
        return made

    def _detections(self) -> str:
        short = self.night > 1 and self.rng.random() < 0.2
        lines = [SHORT if short else DETECTIONS]
        for number in range(self.rng.randint(1, self.rows)):
            late = self.known and self.rng.random() < 0.25
            key = self.rng.choice(self.known) if late else f"R{self.night}-{number}"
            self.known.append(key)
            at = START + timedelta(days=self.rng.randint(0, 400), minutes=self.rng.randint(0, 900))
            plate = f"豫M{self.rng.randint(1, 30):05d}"
            device = f"D{self.rng.randint(1, 6)}"
            weight = self.rng.choice(["52000", "60000", "三十吨", ""])
            key = "" if self.rng.random() < 0.03 else key
            cells = [key, device, plate, str(at), "超限"] if short else [
                key, device, plate, "黄", str(at), "超限", weight, "49000", self.rng.choice("0123"), self.rng.choice("是否"),
            ]  # fmt: skip
            lines.append(",".join(cells))
        return "\n".join(lines) + "\n"

    def _notices(self) -> str:
        lines = [NOTICES]
        for number in range(self.rng.randint(1, self.rows)):
            record = self.rng.choice(self.known)
            at = START + timedelta(days=self.rng.randint(0, 430), minutes=self.rng.randint(0, 900))
            kind = self.rng.choice(["违法告知书", "处罚决定书"])
            lines.append(f"N{self.rng.randint(1, 40 * self.night)}-{number % 3},{record},豫M00001,黄,{kind},{at}")
        return "\n".join(lines) + "\n"

    def _devices(self) -> str:
        lines = [f"D{n},S{n % 2},{self.rng.choice(['动态称重', '电子抓拍'])},2023-01-0{n}" for n in range(1, 7)]
        return "\n".join([DEVICES, *lines]) + "\n"

    def _certificates(self) -> str:
        lines = []
        for device in range(1, 7):
            start = START + timedelta(days=self.rng.randint(-200, 300))
            end = start + timedelta(days=self.rng.randint(30, 300))
            result = self.rng.choice(["合格", "合格", "不合格"])
            lines.append(f"C{self.rng.randint(1, 20)},D{device},{start.date()},{end.date()},{result}")
        return "\n".join([CERTIFICATES, *lines]) + "\n"
