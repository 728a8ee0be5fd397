"""What standing rules do with the items that wait for them: each deed in one transaction with its trace.

That rules must look at an item is written with the item, and taken back in the transaction of what they did:
a process that ends in between is followed by another one, and two that look at once do not both act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from broadcast.app import App
from broadcast.errors import BroadcastError, StoreError
from broadcast.planner import ended_because
from broadcast.relay.chains import references_of
from broadcast.relay.choose import choose, rules_in_force
from broadcast.relay.decide import replaced_among, said_together
from broadcast.relay.publish import Changed, Taken, failed, noted, published, trace_of
from broadcast.relay.where import seen_from
from broadcast.rules import Rule, ends_alert, subject_of
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import entries, messages, tasks
from broadcast.store.base import Tx

#: How often a decision is taken again because others acted meanwhile.
_ROUNDS = 10
#: How a fault of ours is called, that a person must make up for.
DEFECT = "défaut inattendu"


def follow(app: App, uids: Iterable[str] | None = None) -> list[Relayed]:
    """Let the rules in force look at what waits for them, and return what they did.

    Items about one event (today and tomorrow of a vigilance) are said in one message.

    Args:
        app: the newsroom.
        uids: which items; None: all that wait.
    """
    wanted = None if uids is None else set(uids)
    with app.db.read() as tx:
        due = [uid for uid in entries.due_for_rules(tx) if wanted is None or uid in wanted]
        if not due:
            return []
        standing = rules_in_force(app, tx)
        groups, left = _sorted_out(app, tx, standing, [entries.get_item(tx, uid) for uid in due])
    _let_go(app, left)
    by_name = {rule.name: rule for rule in standing}
    done = []
    for (name, _), items in groups.items():
        for group in said_together(items):
            done += _act_together(app, by_name[name], group)
    return done


def _sorted_out(
    app: App, tx: Tx, standing: Sequence[Rule], items: Sequence[Item]
) -> tuple[dict[tuple[str, str], list[Item]], list[tuple[Item, str]]]:
    """Return the items by the rule that takes them and what they are about, and those that none takes, with the reason."""
    now = app.clock.now()
    groups: dict[tuple[str, str], list[Item]] = {}
    left: list[tuple[Item, str]] = []
    replaced = replaced_among(items, now)
    ordered = sorted(items, key=lambda i: i.alert.sent if i.alert is not None else i.received_at)
    for item in ordered:
        taken, reasons = None, {}
        try:
            for rule in standing if item.uid not in replaced else ():
                choice = choose(app, tx, rule, item, now)
                reasons[rule.name] = choice.reason
                if choice.takes:
                    taken = rule
                    break
            if taken is None:
                left.append((item, _why_not(app, tx, item, reasons)))
                continue
            mine = seen_from(app.settings, item, taken.areas)
            groups.setdefault((taken.name, subject_of(item.feed, mine.entry)), []).append(mine)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever is in an item is a person's, and holds up no other)
            left.append((item, f"{DEFECT} ({type(error).__name__})"))
    return groups, left


def _why_not(app: App, tx: Tx, item: Item, reasons: dict[str, str]) -> str:
    earlier = _ours(tx, item, app.clock.now())
    if earlier is None or not earlier.rule:
        return next(iter(reasons.values()), "")
    return reasons.get(earlier.rule, f"la règle {earlier.rule} n'est plus en vigueur")


def _act_together(app: App, rule: Rule, items: Sequence[Item]) -> list[Relayed]:
    done = _act(app, rule, items[0], items[1:])
    for item in items[1:]:
        if done and done[0].act in ("published", "updated"):
            with app.db.write() as tx:
                if entries.take_due(tx, item.uid):
                    done.append(
                        noted(tx, rule, item, trace_of(app, rule, item, "same", done[0].slug, "dit dans le même message"))
                    )
        else:
            done += _act_together(app, rule, [item])
    return done


def _act(app: App, rule: Rule, item: Item, beside: Sequence[Item]) -> list[Relayed]:
    """Decide and act; decide again where others acted in between."""
    for _ in range(_ROUNDS):
        with app.db.read() as tx:
            choice = choose(app, tx, rule, item, app.clock.now(), beside=beside)
        if not choice.takes:
            _let_go(app, [(item, choice.reason)])
            return []
        trace = trace_of(app, rule, item, choice.deed.act, choice.deed.slug, choice.deed.reason)
        try:
            if choice.deed.act in ("same", "capped"):
                with app.db.write() as tx:
                    return [noted(tx, rule, item, trace)] if entries.take_due(tx, item.uid) else []
            return [published(app, rule, item, beside, choice, trace)]
        except Taken:
            return []
        except Changed:
            continue
        except StoreError:
            raise  # nothing was written: looked at again as soon as the database can be used
        except BroadcastError as error:
            return failed(app, rule, item, trace, str(error))
        except Exception as error:  # noqa: BLE001  (whatever is in an item is a person's, and holds up no other)
            return failed(app, rule, item, trace, f"{DEFECT} ({type(error).__name__})")
    return []  # still waits


def _let_go(app: App, left: Sequence[tuple[Item, str]]) -> None:
    """Note that no rule acts on these; where one goes on with what we published, a person is told."""
    if not left:
        return
    now = app.clock.now()
    with app.db.write() as tx:
        for item, reason in left:
            if not entries.take_due(tx, item.uid):
                continue
            if reason.startswith(DEFECT):
                words = f"« {item.entry.title} » : {reason} : aucune règle n'a pu le lire ; à faire à la main : feeds adopt {item.uid[:8]}"
                tasks.raise_task(tx, "rule_failed", item.uid, words, now, feed=item.feed)
            else:
                _tell_if_ours(tx, item, reason, now)


def _tell_if_ours(tx: Tx, item: Item, reason: str, now: datetime) -> None:
    alert = item.alert
    earlier = _ours(tx, item, now)
    if alert is None or earlier is None or alert.status != "Actual" or alert.msg_type in ("Ack", "Error"):
        return
    if earlier.uid == item.uid or item.state in (ItemState.ADOPTED, ItemState.DISMISSED):
        return  # "changed at the source" says it already, or a person is on it
    newer = [i for i in entries.of_lineage(tx, item.lineage) if i.alert and i.alert.sent > alert.sent] if item.lineage else []
    if any(item.identity in references_of(i.alert, own=True) for i in newer if i.alert):
        return  # what replaced it is told
    over = ends_alert(item.entry)
    kind, deed = ("source_ended", "a pris fin") if over else ("source_changed", "a été mise à jour")
    words = (
        f"l'alerte « {earlier.entry.title} » {deed} à la source, et aucune règle ne suit ({reason or 'aucune en vigueur'}) : "
        f"voyez {earlier.slug}, puis `broadcast feeds adopt {item.uid[:8]}` ou `broadcast all-clear {earlier.slug}`"
    )
    tasks.raise_task(tx, kind, item.uid, words, now, feed=item.feed, slug=earlier.slug)


def _ours(tx: Tx, item: Item, now: datetime) -> Item | None:
    """Return the alert that an item goes on with and of which a rule made a live message."""
    chain: Collection[Item] = entries.of_lineage(tx, item.lineage) if item.lineage else []
    named = references_of(item.alert, own=True) if item.alert is not None else []
    for earlier in (*reversed(list(chain)), *entries.of_identities(tx, named)):
        if earlier.state is not ItemState.RELAYED or not earlier.slug:
            continue
        message = messages.find_message(tx, earlier.slug)
        if message is not None and message.approved and ended_because(message, now) is None:
            return earlier
    return None
