"""Ce qui se dit de toute l'opération en tête de la grille, quelle que soit la page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from beneficiaires.periodes import mois_de
from clauses.grille.ensemble import Resume
from clauses.grille.portee import Compte, Portee
from clauses.grille.recues import LigneRecue


def resumer(
    portee: Portee,
    comptes: Mapping[UUID, Compte],
    recues: Mapping[UUID, Sequence[LigneRecue]],
    retenues: Mapping[UUID, Sequence[LigneRecue]],
) -> Resume:
    """Rend le résumé, sauf ce qui attend une décision (`Portee.sommer`). `recues` : toutes ; `retenues` : celles que la grille montre."""
    montrees = {r for siennes in retenues.values() for r in siennes}
    personnes = {r.beneficiaire for r in montrees if r.est_visible}
    return Resume(
        a_declarer=sum(c.a_declarer for c in comptes.values()),
        masquees=sum(c.lignes - c.montrees for c in comptes.values())
        + sum(not r.se_montre for siennes in recues.values() for r in siennes),
        personnes=portee.compter_personnes(personnes),
        engagements=len({pk for pk, c in comptes.items() if c.trouvees} | {r.titulaire for r in montrees}),
        manquants=_manquants(portee, comptes),
    )


def _manquants(portee: Portee, comptes: Mapping[UUID, Compte]) -> list[str]:
    """Les entreprises (et le lot, si elles en ont plusieurs) dont aucune case à remplir du dernier mois ne l'est.

    Tant que ce mois n'est pas fini, aucune ne manque.
    """
    if mois_de(portee.demande.dernier_mois).fin >= portee.aujourd_hui:
        return []
    montres = [t for t in portee.titulaires if comptes.get(t.pk, Compte()).montrees]
    fois = Counter(t.entreprise_id for t in montres)
    return [
        t.entreprise.nom + (f" (lot {t.lot.numero})" if fois[t.entreprise_id] > 1 else "")
        for t in montres
        if comptes[t.pk].a_declarer and not comptes[t.pk].declarees
    ]
