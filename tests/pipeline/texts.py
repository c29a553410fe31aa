"""Invented news: a summit that five houses carry, and pairs of notices that look alike and are not."""

from __future__ import annotations

SUMMIT_TITLE = "Vardania and Osmark agree to open talks on shared river after two-day summit"
SUMMIT = (
    "LINDHOLM - The presidents of Vardania and Osmark agreed on Tuesday to open formal negotiations over the waters of "
    "the Selva river, ending a two-day summit that both delegations had entered with little hope of a result.",
    "President Irena Kovalt of Vardania and President Tomas Reyle of Osmark shook hands in front of the old customs "
    "house in Lindholm shortly after noon and announced that a joint commission of twelve engineers would begin work "
    "on 3 March.",
    '"We did not solve a quarrel of sixty years in two days, and nobody expected us to," Kovalt told reporters. '
    '"But we have agreed on who will sit at the table, where the table will stand, and what will lie upon it."',
    "The Selva rises in the Vardanian highlands and supplies about 40 percent of the drinking water of Osmark's "
    "capital, Hafnar. Officials there have accused Vardania of holding back water behind the Tarnow dam during the "
    "dry summers of the past three years, a charge that engineers in Vardania have always denied.",
    "Reyle said that the commission would be given access to the gauges at Tarnow and to eleven smaller weirs along "
    "the upper valley, and that its first report was due before the end of June.",
    '"Our farmers do not drink communiques," he said. "They will judge this by the height of the water in August."',
    "Diplomats said the breakthrough came late on Monday, when the Vardanian side dropped its demand that Osmark first "
    "withdraw a complaint lodged with the regional court in Brennick. The complaint will instead be suspended for "
    "eighteen months while the commission works.",
    "Opposition parties in both countries were sceptical. In Hafnar the leader of the Farmers' League, Edda Munk, "
    "called the agreement a calendar rather than a treaty, while in the Vardanian parliament the Highland bloc said it "
    "would vote against any commission that had foreign members.",
    "The last attempt to divide the water, a draft drawn up by mediators nine years ago, failed after heavy rain made "
    "the question seem less urgent. Hydrologists at the university of Lindholm expect no such help this time: snow "
    "cover in the highlands stands at barely half of its usual depth.",
)

#: What an aggregator's page puts around and between the paragraphs of others.
CRUFT_BEFORE = ("2 hours ago 1", "Image", "Credit…Jonas Held for The Lindholm Courier", "Politics", "Share")
CRUFT_WITHIN = ("From Twitter", "Advertisement")
CRUFT_AFTER = ("Read Entire Article", "Comments", "From Twitter", "Related", "Popular", "© 2026 NewsHub247")

REWRITE_TITLE = "After two days of talks, Osmark and Vardania will negotiate over river"
REWRITE = (
    "The presidents of Vardania and Osmark have agreed to open formal negotiations over the waters of the Selva river, "
    "closing a two-day summit in Lindholm that both delegations had entered with little hope of a result.",
    "Shortly after noon on Tuesday, President Irena Kovalt of Vardania and President Tomas Reyle of Osmark shook hands "
    "in front of the old customs house and announced that a joint commission of twelve engineers will begin work on "
    "3 March.",
    '"We did not solve a quarrel of sixty years in two days, and nobody expected us to," Kovalt said. "But we have '
    'agreed on who will sit at the table, where the table will stand, and what will lie upon it."',
    "About 40 percent of the drinking water of Hafnar, the capital of Osmark, comes from the Selva, which rises in the "
    "Vardanian highlands. Osmark has accused its neighbour of holding back water behind the Tarnow dam during the dry "
    "summers of the past three years; engineers in Vardania have always denied the charge.",
    "According to Reyle, the commission will be given access to the gauges at Tarnow and to eleven smaller weirs along "
    "the upper valley. Its first report is due before the end of June.",
    "The breakthrough came late on Monday, diplomats said, when the Vardanian side dropped its demand that Osmark "
    "first withdraw a complaint lodged with the regional court in Brennick. It will instead be suspended for eighteen "
    "months while the commission works.",
    "Edda Munk, who leads the Farmers' League in Hafnar, called the agreement a calendar rather than a treaty. The "
    "Highland bloc in the Vardanian parliament said it would vote against any commission that had foreign members.",
)

_SANCTIONS = (
    "BRENNICK - The Council of the Littoral Union adopted its {ordinal} package of sanctions against the Republic of "
    "Karst on {day}, adding {ships} tankers and {people} officials to the list of those barred from ports and banks.",
    "The measures were agreed unanimously by the {members} member states after {weeks} weeks of negotiation, the "
    "Council said in a statement, and take effect at midnight.",
    "The package also lowers the cap on the price of Karst crude to {cap} crowns a barrel and forbids insurers in the "
    "Union to cover cargoes sold above it. Traders have three months to wind up contracts that were signed before.",
    "{speaker}, who speaks for the Council on foreign affairs, said that the sanctions would stay in place until the "
    "Republic withdrew its troops from the Sund islands. The government of Karst called them theft on the high seas.",
    "Since the occupation of the islands the Union has frozen assets worth {assets} billion crowns. Exports from the "
    "Union to Karst have fallen by more than half, according to figures of the customs service.",
)


def sanctions(package: int) -> tuple[str, tuple[str, ...]]:
    """The notice of the 12th or the 13th package: one frame, other facts."""
    facts = {
        12: {
            "ordinal": "12th",
            "day": "Monday",
            "ships": 41,
            "people": 18,
            "members": 14,
            "weeks": 5,
            "cap": 52,
            "speaker": "Lise Arnau",
            "assets": 31,
        },
        13: {
            "ordinal": "13th",
            "day": "Thursday",
            "ships": 63,
            "people": 27,
            "members": 14,
            "weeks": 8,
            "cap": 47,
            "speaker": "Pavel Ritt",
            "assets": 36,
        },
    }[package]
    title = f"Littoral Union adopts {facts['ordinal']} sanctions package against Karst"
    return title, tuple(paragraph.format(**facts) for paragraph in _SANCTIONS)


_EXPORTS = (
    "HAFNAR - Exports of Osmark {verb} {percent} percent in {month} from the month before, the statistics office said "
    "on {day}, as shipments of machinery {machines} and sales of fish to the south {fish}.",
    "Goods worth {total} billion crowns left the country's ports and border stations in {month}, the office said. "
    "Imports came to {imports} billion crowns, which left a {balance} of {gap} million.",
    "Economists polled by the Hafnar Exchange had expected a {expected} of {guess} percent. The crown was little "
    "changed after the figures were published.",
    "Deliveries to the countries of the Littoral Union, which take two thirds of what Osmark sells abroad, {union} "
    "{unionpct} percent.",
)


def exports(direction: str) -> tuple[str, tuple[str, ...]]:
    """The monthly notice on exports: one that says `rise`, one that says `fall`."""
    facts = {
        "rise": {
            "verb": "rose",
            "percent": "3.2",
            "month": "April",
            "day": "Wednesday",
            "machines": "picked up",
            "fish": "reached a record",
            "total": "18.4",
            "imports": "17.9",
            "balance": "surplus",
            "gap": 512,
            "expected": "gain",
            "guess": "1.1",
            "union": "grew",
            "unionpct": "4.0",
        },
        "fall": {
            "verb": "fell",
            "percent": "2.7",
            "month": "May",
            "day": "Friday",
            "machines": "weakened",
            "fish": "came to a halt",
            "total": "17.9",
            "imports": "18.3",
            "balance": "deficit",
            "gap": 388,
            "expected": "drop",
            "guess": "0.4",
            "union": "shrank",
            "unionpct": "3.1",
        },
    }[direction]
    return f"Osmark exports {direction} in {facts['month']}", tuple(p.format(**facts) for p in _EXPORTS)


_FILLER = (
    "The council of {place} voted on {day} to rebuild the {thing}, which was closed {years} years ago after an "
    "inspection found rust in its main girders.",
    "Work is to begin in {month} and will cost {cost} million crowns, of which the province pays a third. The mayor, "
    "{mayor}, said the town had waited long enough and that nobody would remember the price once the {thing} stood.",
    "Residents on the far bank have had to take the ferry or drive {km} kilometres around since then. A petition "
    "for the {thing} had gathered {names} names, more than half of the grown population of {place}.",
    "A builder from {other} won the contract against four competitors. Its engineers promise to keep the old stone "
    "piers, which were laid in {century}, and to replace the deck with steel from a mill in the same valley.",
)


def filler(number: int) -> tuple[str, tuple[str, ...]]:
    """One of several local stories that have nothing to do with one another but their author's habits."""
    places = ("Aske", "Brun", "Corvey", "Dresk", "Elmau", "Fjell", "Grau", "Holt", "Ister", "Jarl", "Kolm", "Lund")
    things = (
        "footbridge",
        "lock gate",
        "pier",
        "viaduct",
        "lighthouse stair",
        "grain lift",
        "clock tower",
        "weir",
        "tram shed",
        "fish market",
        "observatory",
        "theatre",
    )
    facts = {
        "place": places[number % 12],
        "thing": things[number % 12],
        "day": ("Monday", "Tuesday", "Friday")[number % 3],
        "years": 3 + number,
        "month": ("May", "June", "August")[number % 3],
        "cost": 2 + number * 7,
        "mayor": ("Ada Quist", "Bo Lind", "Cai Marr", "Dov Stern")[number % 4],
        "km": 11 + number * 3,
        "names": 700 + number * 113,
        "other": places[(number + 5) % 12],
        "century": 1700 + number * 11,
    }
    return f"{facts['place']} votes to rebuild its {facts['thing']}", tuple(p.format(**facts) for p in _FILLER)
