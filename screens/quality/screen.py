"""The quality screen: samples and their agreement, opinions that differ, and the next case to read blindly."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial, partialmethod
from pathlib import Path, PurePath
from typing import Any, ClassVar, NamedTuple

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from screens.dialogs.choice import ChoiceDialog
from screens.dialogs.task_dialog import Field, FormDialog, Preview, Values
from screens.dialogs.text_sheet import TextSheet
from screens.quality import quality_text
from screens.shell.base_screen import ModeScreen, attempt, in_thread, show_title, unreported
from screens.shell.bindings import bind
from screens.shell.view import Clock, View
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import MUTED, Static, plain
from workbench.domain.case.case_id import parse_case
from workbench.domain.case.vocabulary import FailKind, Verdict
from workbench.domain.policy.policy import Policy
from workbench.domain.quality.period import parse_period
from workbench.domain.quality.second_look import SecondLook
from workbench.errors import NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.keys import quality as keys
from workbench.keys.command import Place
from workbench.services.quality.figures import QualityFigures
from workbench.services.quality.opinions import OpinionWork, reading_refusal
from workbench.services.quality.population import STRATA
from workbench.services.quality.samples import SampleLine, SampleRequest, listing_refusal, strata_of
from workbench.services.wiring import Services
from workbench.wording.amounts import commas
from workbench.wording.case.quality import STANDS_WORDS, answer_words, look_names

_COMMANDS = {"read": keys.READ, "sample": keys.SAMPLE, "adjudicate": keys.ADJUDICATE, "golden": keys.GOLDEN}
"""The commands that only some roles may use, by action."""

_ANSWERS = (("pass", ""), ("fail", "fixable"), ("fail", "final"), ("pending", ""))
"""The right answers that a case can have: a verdict, and the kind of a fail."""


class _Shown(NamedTuple):
    """What the screen shows; there are no figures before the first sample, and samples are for who may list them."""

    work: OpinionWork | None = None
    samples: Mapping[int, SampleLine] = {}
    figures: QualityFigures | None = None
    looks: Mapping[int, SecondLook] = {}
    policy: Policy | None = None
    problem: str = ""


class QualityScreen(ModeScreen):
    """Shows samples, the agreement on one of them, and the opinions that differ; `read_blindly` opens a case."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("quality.tcss")]
    PLACE: ClassVar[Place] = "quality"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(command, action) for action, command in _COMMANDS.items()),
        bind(keys.FIGURES, "figures"),
        bind(keys.LEAVE_QUALITY, "desk"),
    ]

    looks = getters.query_one("#looks", RowList)

    def __init__(self, clock: Clock, services: Services, read_blindly: Callable[[], object]) -> None:
        super().__init__(clock, services)
        self.action_read = read_blindly
        self._lists_samples = listing_refusal(services.actor) is None
        self._shown = _Shown()

    def parts(self) -> ComposeResult:
        if self._lists_samples:
            yield RowList(id="samples")
        yield Static(plain(_("Comparing opinions …"), MUTED), id="figures", markup=False)
        yield Static(id="heading", markup=False)
        yield RowList(id="looks")
        yield Static(id="about", markup=False)

    def on_screen_resume(self) -> None:
        if not self.is_covered:
            self.action_load()

    @on(OptionList.OptionHighlighted, "#samples")
    def follow(self) -> None:
        """Show the figures of the sample under the cursor."""
        if self._shown.figures is None or self._shown.figures.sample_id != self._sample_id:
            self.action_load()

    @work(exclusive=True, group="read")
    async def action_load(self, *, is_again: bool = False) -> None:
        """Read everything again; the cursors stay on their rows."""
        show_failure = unreported if is_again else self._show_failure
        shown = await attempt(self, in_thread(self._read, self._sample_id), show_failure)
        if shown is not None:
            self._shown = shown
            self._draw()

    def _show_failure(self, error: WorkbenchError) -> None:
        self._shown = _Shown(problem=str(error))
        self._draw()

    read_again = partialmethod(action_load, is_again=True)

    def _read(self, sample_id: int | None) -> "_Shown":
        services = self.services
        work = services.opinions.work() if reading_refusal(services.actor) is None else None
        try:
            figures, differing = services.quality.figures(sample_id), services.quality.differing(sample_id)
        except NotFound:
            return _Shown(work=work)
        samples = {line.id or 0: line for line in services.samples.list()} if self._lists_samples else {}
        looks = {look.sampled_id: look for look in differing}
        return _Shown(work, samples, figures, looks, services.policies.in_force().policy)

    @on(OptionList.OptionHighlighted, "#looks")
    def show_look(self) -> None:
        """Show both answers of the opinion under the cursor."""
        look, about, policy = self.look, self.query_one("#about", Static), self._shown.policy
        about.display = look is not None
        if look is not None and policy is not None:
            about.update(Content("\n").join(quality_text.look_lines(look, policy, self.size.width - 2)))
        self.refresh_bindings()

    @property
    def look(self) -> SecondLook | None:
        """The differing opinion under the cursor."""
        return self._shown.looks.get(self.looks.current or 0)

    @property
    def _names(self) -> Mapping[int, str]:
        return look_names(self._shown.looks.values())

    @property
    def _sample_id(self) -> int | None:
        return self.query_one("#samples", RowList).current if self._lists_samples else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        command, look, work = _COMMANDS.get(action), self.look, self._shown.work
        if command is not None and command.refusal(self.services.actor) is not None:
            return False
        works = {
            "read": work is not None and (work.reading is not None or work.offered > 0),
            "adjudicate": look is not None and not look.stands,
            "figures": self._shown.figures is not None,
        }
        return works.get(action, True) or None

    @work(group="dialog")
    async def action_sample(self) -> None:
        line = await self.app.push_screen_wait(_sample_form(self.services, self.view()))
        if line is not None:
            message = _("Sample {number} is drawn: {drawn} decisions, seed {seed}.")
            self.notify(message.format(number=line.id, drawn=commas(line.drawn), seed=line.seed), timeout=8)
            # The cursor goes to the new sample.
            self.query_one("#samples", RowList).show({})
            self.action_load()

    def action_golden(self) -> None:
        answers = {number: answer_words((*answer, frozenset())) for number, answer in enumerate(_ANSWERS)}
        hint = _("case, then the codes of the right reasons")
        self._ask(partial(ChoiceDialog, _("Right answer"), answers, _("answer"), placeholder=hint), self._mark)

    def _mark(self, chosen: int, text: str) -> str:
        case, *codes = text.upper().replace(",", " ").split() or [""]
        verdict, kind = _ANSWERS[chosen]
        answer = (Verdict(verdict), FailKind(kind) if kind else None)
        self.services.samples.mark_golden(parse_case(case), *answer, codes, "")
        sentence = _("The right answer to {case} is recorded; new samples of its period include the case.")
        return sentence.format(case=case)

    def action_adjudicate(self) -> None:
        if (look := self.look) is None:
            return
        case, words = self._names[look.sampled_id], {name: _(sentence) for name, sentence in STANDS_WORDS.items()}

        def adjudicate(stands: str, why: str) -> str:
            self.services.quality.adjudicate(look.case_id, stands, why, look.decision_id, look.sample_id)
            return _("{case}: {stands}. The case itself stays as it is.").format(case=case, stands=words[stands])

        title = _("Which opinion on {case} stands?").format(case=case)
        self._ask(partial(ChoiceDialog, title, words, _("which"), placeholder=_("why")), adjudicate)

    @work(group="dialog")
    async def _ask(self, dialog: Callable[..., Any], act: Callable[[Any, str], str]) -> None:
        """Ask for a choice and a text, act, and say what `act` returns; a refusal leads back to what was typed."""
        answer = await self.app.push_screen_wait(dialog())
        while answer is not None:
            if (message := await attempt(self, in_thread(act, *answer))) is not None:
                self.notify(message, timeout=8)
                self.action_load()
                return
            answer = await self.app.push_screen_wait(dialog(chosen=answer[0], text=answer[1]))

    def action_figures(self) -> None:
        if (figures := self._shown.figures) is not None:
            lines = partial(quality_text.all_figures, figures, self._shown.samples.get(figures.sample_id))
            self.app.push_screen(TextSheet(_("Agreement of first and second opinions"), lines))

    def _draw(self) -> None:
        width = max(20, self.size.width - 4)
        show_title(self, *([quality_text.work_line(self._shown.work)] if self._shown.work is not None else []))
        if self._lists_samples:
            rows = {number: quality_text.sample_row(line, width) for number, line in self._shown.samples.items()}
            self.query_one("#samples", RowList).show(rows)
        problem = self._shown.problem or _("No sample is drawn yet.")
        self.query_one("#figures", Static).update(plain(problem, MUTED))
        if self._shown.figures is not None:
            line = self._shown.samples.get(self._shown.figures.sample_id)
            lines = quality_text.figures_lines(self._shown.figures, width)
            lines += quality_text.strata_lines(line, width) if line is not None else []
            self.query_one("#figures", Static).update(Content("\n").join(lines))
        heading = _("Opinions that differ") if self._lists_samples else _("Your adjudicated decisions")
        self.query_one("#heading", Static).update(plain(f"{heading}: {commas(len(self._shown.looks))}"))
        looks, names = self._shown.looks, self._names
        self.looks.show({number: quality_text.look_row(look, names[number], width) for number, look in looks.items()})
        self.show_look()

    on_resize = _draw


def _sample_form(services: Services, view: View) -> FormDialog[SampleLine]:
    """Return the form of a new sample, which shows its strata before it is drawn."""
    last_month = view.today.replace(day=1) - timedelta(days=1)
    usual_strata = comma_joined((_("reviewer"), _("verdict")))
    fields = (
        Field("period", _("Period: 2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15"), f"{last_month:%Y-%m}"),
        Field("size", _("Decisions to draw; empty draws the policy's share")),
        Field("by", _("Strata of: {parts}").format(parts=comma_joined(map(_, STRATA.values()))), usual_strata),
        Field("seed", _("Seed, which draws the same decisions again; empty chooses one")),
    )

    def draw(values: Values, *, dry_run: bool) -> SampleLine:
        period, size, seed = parse_period(values["period"]), _number(values["size"]), _number(values["seed"])
        request = SampleRequest(period=period, size=size, by=strata_of(values["by"]), seed=seed)
        return services.samples.draw(request, dry_run=dry_run)

    def preview(values: Values) -> Preview:
        line = draw(values, dry_run=True)
        return Preview(lambda width: Content("\n").join(quality_text.strata_lines(line, width)))

    return FormDialog(_("Draw a sample"), fields, preview, partial(draw, dry_run=False), _("draw"))


def _number(text: str) -> int | None:
    if text and not text.isdecimal():
        raise WrongUsage(_("“{text}” is no number.").format(text=text))
    return int(text) if text else None
