"""账户 Accounts: who may come in, as what, and for which agencies; and whose personal data was shown to whom."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.states import empty, section, title
from analyzer.dashboard.settings import settings
from analyzer.dashboard.signing_in import LEAST_PASSWORD, SIGNED_IN, hash_password
from analyzer.ledger import ROLES, Ledger, User
from analyzer.model import AnalyzerError

_NEW = ""


def render(page: Page) -> None:
    """Show the accounts, a form for one of them, and the log of reveals."""
    words, ledger = page.words, page.ledger
    title(words("dashboard.page.accounts"), words("dashboard.accounts.lead"))
    if ledger is None or page.viewer.role.value != "administrator":
        empty(words("dashboard.accounts.not_here"))
        return
    said = st.session_state.pop("accounts.saved", None)
    if said:
        st.success(plain(said))
    users = ledger.accounts()
    head = [words(f"dashboard.accounts.{name}") for name in ("name", "display_name", "role", "agencies", "active")]
    rows = [
        (one.name, one.display_name, words(f"dashboard.role.{one.role}"), words.t("list.comma").join(one.agencies) or words("dashboard.filter.all"),
         words("fact_value.yes" if one.active else "fact_value.no"))
        for one in users
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")
    _form(page, ledger, users)
    _reveals(page, ledger)


def _form(page: Page, ledger: Ledger, users: Sequence[User]) -> None:
    words = page.words
    section(words("dashboard.accounts.change"))
    known = {one.name: one for one in users}
    chosen = st.selectbox(
        plain(words("dashboard.accounts.which")),
        [_NEW, *known],
        format_func=lambda name: name or words("dashboard.accounts.new"),
        key="accounts.which",
    )
    now = known.get(chosen) or User(name="")
    with st.form(f"account.{chosen}", border=True):
        left, right = st.columns(2)
        with left:
            name = st.text_input(
                plain(words("dashboard.accounts.name")), now.name, disabled=bool(chosen), key=f"account.{chosen}.name"
            )
            display = st.text_input(
                plain(words("dashboard.accounts.display_name")), now.display_name, key=f"account.{chosen}.display"
            )
            password = ""
            if settings().mode == "accounts":
                password = st.text_input(
                    plain(words("dashboard.accounts.password", n=LEAST_PASSWORD)), type="password", autocomplete="new-password",
                    key=f"account.{chosen}.password",
                )  # fmt: skip
        with right:
            role = st.selectbox(
                plain(words("dashboard.accounts.role")), ROLES, index=ROLES.index(now.role),
                format_func=lambda one: words(f"dashboard.role.{one}"), key=f"account.{chosen}.role",
            )  # fmt: skip
            agencies = st.multiselect(
                plain(words("dashboard.accounts.agencies")), _agencies(page, now), now.agencies, accept_new_options=True,
                placeholder=words("dashboard.filter.all"), help=plain(words("dashboard.accounts.agencies_help")),
                key=f"account.{chosen}.agencies",
            )  # fmt: skip
            active = st.checkbox(plain(words("dashboard.accounts.active")), now.active, key=f"account.{chosen}.active")
        sent = st.form_submit_button(plain(words("dashboard.accounts.save")), type="primary")
    if not sent:
        return
    try:
        hashed = hash_password(password) if password else None
        user = User((chosen or name).strip(), display.strip(), role, tuple(agencies), active, hashed)
        ledger.save_account(user, by=page.viewer.name)
    except AnalyzerError as error:
        st.error(plain(words("dashboard.ledger.refused")))
        st.text(error.say(page.lang))
        return
    if hashed or (now.role, now.agencies, now.active) != (user.role, user.agencies, user.active):
        SIGNED_IN.sign_out_everywhere(user.name)
    st.session_state["accounts.saved"] = words("dashboard.accounts.saved", name=user.name)
    st.rerun()


def _agencies(page: Page, now: User) -> list[str]:
    found = list(now.agencies)
    if page.has_data and page.source.has("records_agencies"):
        found += [row[0] for row in page.source.rows("SELECT agency_id FROM records_agencies ORDER BY 1 LIMIT 2000")]
    return sorted(dict.fromkeys(found))


def _reveals(page: Page, ledger: Ledger) -> None:
    words = page.words
    section(words("dashboard.accounts.reveals"), words("dashboard.accounts.reveals_note"))
    found = ledger.reveals()
    if not found:
        empty(words("dashboard.accounts.no_reveals"))
        return
    head = [
        words("dashboard.ledger.at"),
        words("dashboard.ledger.by"),
        words("dashboard.accounts.kind"),
        words("dashboard.ledger.reason_needed"),
    ]
    rows = [
        (one.at[:16].replace("T", " "), one.by, words.name("dashboard.accounts.kinds", one.kind), one.reason)
        for one in found
    ]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")
