"""What an import found and did, and how the operator reads it."""

from dataclasses import dataclass

MAX_FAULTS = 200
MAX_DETAILS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a warning: where it stands and what to do, in plain Chinese.

    `row` is the line as a spreadsheet counts it; None where it concerns the whole file.
    """

    file: str
    row: int | None
    column: str
    text: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"第{self.row}行")
        if self.column:
            where.append(f"{self.column} 列")
        return f"{' '.join(where)}：{self.text}"


@dataclass(frozen=True, slots=True)
class FileChange:
    """How many rows of a file were new, changed, the same; `details` names the changed ones."""

    file: str
    added: int
    changed: int
    unchanged: int
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}：新增 {self.added}，更新 {self.changed}，未变 {self.unchanged}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """With faults nothing was written; `is_dry_run` says that nothing was meant to be."""

    faults: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    changes: tuple[FileChange, ...] = ()
    is_dry_run: bool = False


def render(report: ImportReport) -> str:
    """The report as lines for a terminal."""
    if report.faults:
        head = f"有 {len(report.faults)} 处错误，什么都没有导入。请改好后再导入："
        return "\n".join([head, *_listed(report.faults), *_warned(report)])
    head = "检查通过，没有写入（--dry-run）。将会：" if report.is_dry_run else "导入完成："
    lines = [head]
    for change in report.changes:
        lines += [f"  {change}", *(f"    {detail}" for detail in change.details[:MAX_DETAILS])]
        if len(change.details) > MAX_DETAILS:
            lines.append(f"    还有 {len(change.details) - MAX_DETAILS} 行更新没有列出")
    return "\n".join([*lines, *_warned(report)])


def _warned(report: ImportReport) -> list[str]:
    if not report.warnings:
        return []
    return [f"有 {len(report.warnings)} 条提醒（不影响导入）：", *_listed(report.warnings)]


def _listed(findings: tuple[Finding, ...]) -> list[str]:
    lines = [f"  {finding}" for finding in findings[:MAX_FAULTS]]
    if len(findings) > MAX_FAULTS:
        lines.append(f"  还有 {len(findings) - MAX_FAULTS} 条没有列出")
    return lines
