"""What an activity of the demo says about itself, with the plan's shares: languages, co-hosts, fees, places, dates."""

from random import Random

from clusterweek.demo import offers, schedule, shares, special, words
from clusterweek.demo.offers import OF, SEED, Offer

LIMITED = ("internal", "external", "invitation")
PLACES_ONLINE = (30, 40, 50, 60)
WITHOUT_CO_HOSTS = ("trade_fair_participation", "business_breakfast")


def programme(count: int = OF) -> list[Offer]:
    """All activities, complete: the same for the same `count`, on every machine."""
    drawn = offers.draw_up(count)
    published = [offer for offer in drawn if offer.state == "published"]
    dice = Random(SEED + 1)
    _languages(published, count, dice)
    _co_hosts(published, count, dice)
    _fees(published, count, dice)
    for offer in drawn:
        _places(offer)
        offer.dates = schedule.dates(offer.format, offer.mode, offer.day, offer.host, offer.title, offer.number, dice)
        special.apply(offer)
    by_wish = {offer.wish: offer for offer in drawn}
    if "overlap" in by_wish:
        special.twin(by_wish["twin"], by_wish["overlap"])
    return drawn


def _languages(drawn: list[Offer], count: int, dice: Random) -> None:
    """84 % German, 8 % English, 8 % both; English texts for these and for more, 30 % in all."""
    abroad = [offer for offer in drawn if offer.countries and offer.format != "trade_fair_participation"]
    dice.shuffle(abroad)
    # An online activity on a foreign clock is held in English.
    abroad.sort(key=lambda offer: offer.wish != "lisbon")
    plain = [offer for offer in drawn if not offer.wish]
    share = shares.part_of(count, 8)
    sure = share * 3 // 4
    english = shares.pick(dice, plain, share, first=abroad[:sure])
    chosen = set(english)
    left = [offer for offer in plain if offer not in chosen]
    both = shares.pick(dice, left, share, first=[o for o in abroad[sure : 2 * sure] if o not in chosen])
    for offer in english:
        offer.languages = ["en"]
    for offer in both:
        offer.languages = ["de", "en"]
    chosen |= set(both)
    first = english + both + [offer for offer in drawn if offer.countries and offer not in chosen]
    for offer in shares.pick(dice, plain, shares.part_of(count, 30), first=first):
        offer.has_english = True


def _co_hosts(drawn: list[Offer], count: int, dice: Random) -> None:
    """One co-host for 22 %, two or three for 8 %, from the same field if possible; three come from three Länder."""
    able = dice.sample(drawn, len(drawn))
    able.sort(key=lambda offer: offer.format in WITHOUT_CO_HOSTS)
    several = shares.part_of(count, 8)
    numbers = [3] * (several // 4) + [2] * (several - several // 4) + [1] * shares.part_of(count, 22)
    for offer, number in zip(able, numbers, strict=False):
        others = dice.sample([host for host in words.hosts() if host != offer.host], len(words.hosts()) - 1)
        others.sort(key=lambda host: not set(host.fields) & set(offer.fields))
        laender = {offer.host.land}
        for host in others:
            if len(offer.co_hosts) < number and (number < 3 or host.land not in laender):
                offer.co_hosts.append(host)
                laender.add(host.land)


def _fees(drawn: list[Offer], count: int, dice: Random) -> None:
    """12 % cost something; fairs and large conferences first of all."""
    formats = words.read("formats")["formats"]
    able = [o for o in drawn if formats[o.format]["fees"] and o.channel != "open" and o.wish is None]
    sure = [o for o in able if o.format in ("congress", "conference", "block_course")]
    for offer in shares.pick(dice, able, shares.part_of(count, 12), first=sure):
        offer.fee = dice.choice(formats[offer.format]["fees"])


def _places(offer: Offer) -> None:
    """In turn, not by the dice: the sum should not depend on luck."""
    choices = words.read("formats")["formats"][offer.format]["places"]
    if offer.channel in LIMITED and choices:
        offer.places = choices[offer.number % len(choices)]
        if offer.mode == "hybrid":
            offer.places_online = PLACES_ONLINE[offer.number % len(PLACES_ONLINE)]
