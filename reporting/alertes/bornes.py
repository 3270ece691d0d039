"""Les dates que chaque sorte d'échéance reçoit des règles, structure par structure. Deux requêtes, quel que soit le nombre de personnes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from beneficiaires.periodes import decaler, dernier_mois_clos
from beneficiaires.regles import CRITERES
from clauses.avancement import LigneTitulaire, avancements_des_engagements, par_titulaire
from clauses.models import Engagement
from clauses.regles.echeances import (
    DelaisEcheances,
    SeuilsEcheances,
    bornes_echeance,
    fins_des_pieces,
    limites_des_reponses,
    mois_regardes,
)
from clauses.regles.rythme import CodeRythme, SeuilsRythme, evaluer_rythme
from comptes.models import Organisation, Profil
from reporting.models import FINS, ReglageEcheances, TypeAlerte

# Le sens du délai : tant de jours avant la date, ou après elle.
AVANT = {TypeAlerte.DECISION_MANQUANTE: "decision", TypeAlerte.SUIVI: "suivi", TypeAlerte.PIECE: "piece"}
APRES = {TypeAlerte.MOIS_SANS_HEURES: "heures", TypeAlerte.ORIENTATION: "orientation"}


@dataclass(frozen=True, slots=True)
class Reglages:
    """Les seuils et les délais de chaque structure, avec ou sans réglage enregistré."""

    seuils: Mapping[UUID, SeuilsEcheances]
    delais: Mapping[UUID, DelaisEcheances]

    @classmethod
    def lire(cls) -> "Reglages":
        structures = Organisation.objects.du_profil(Profil.FACILITATEUR).order_by("pk").values_list("pk", flat=True)
        regles = {reglage.pk: reglage for reglage in ReglageEcheances.objects.all()}
        lus = {pk: regles.get(pk) or ReglageEcheances(structure_id=pk) for pk in structures}
        return cls({pk: r.seuils for pk, r in lus.items()}, {pk: r.delais for pk, r in lus.items()})


def bornes_de(type_alerte: TypeAlerte, reglages: Reglages, jour: date) -> dict[str, Any]:
    """Les bornes de chaque structure pour cette sorte, en tableaux ; `derniere`, la plus lointaine, sert d'abord à l'index."""
    lignes = [_ligne(type_alerte, reglages.seuils[pk], reglages.delais[pk], jour) for pk in reglages.seuils]
    return {
        "structures": list(reglages.seuils),
        "au": [au for au, _, _ in lignes],
        "proche": [proche for _, proche, _ in lignes],
        "moyen": [moyen for _, _, moyen in lignes],
        "premiere": decaler(jour, -settings.ALERTE_JOURS_APRES_ECHEANCE),
        "derniere": max((au for au, _, _ in lignes), default=jour),
    }


def _ligne(
    type_alerte: TypeAlerte, seuils: SeuilsEcheances, delais: DelaisEcheances, jour: date
) -> tuple[date, date | None, date | None]:
    if type_alerte in FINS:
        _, proche, moyen, loin = bornes_echeance(jour, seuils)
        return loin.au, proche.au, moyen.au
    if type_alerte in AVANT:
        return decaler(jour, getattr(delais, AVANT[type_alerte])), None, None
    if type_alerte in APRES:
        return decaler(jour, -getattr(delais, APRES[type_alerte])), None, None
    return jour, None, None


def mois_finis(jour: date) -> dict[str, Sequence[date]]:
    mois = mois_regardes(jour)
    return {"mois_debuts": [m.debut for m in mois], "mois_fins": [m.fin for m in mois]}


def reponses(jour: date) -> dict[str, Sequence[date]]:
    limites = limites_des_reponses(jour)
    return {"envois": [envoi for envoi, _ in limites], "limites": [limite for _, limite in limites]}


def pieces(jour: date, premiere: date, derniere: date) -> dict[str, Sequence[Any]]:
    """Les durées de validité des pièces, et le calendrier de celles qui finissent d'ici une embauche prévue, au plus loin dans un an."""
    durees = {code: c.validite_piece_mois for code, c in CRITERES.items() if c.validite_piece_mois is not None}
    validites = fins_des_pieces(set(durees.values()), premiere=premiere, derniere=max(derniere, decaler(jour, 365)))
    return {
        "criteres": list(durees),
        "durees": list(durees.values()),
        "valables_mois": [mois for mois, _, _ in validites],
        "valables_du": [piece for _, piece, _ in validites],
        "valables_au": [fin for _, _, fin in validites],
    }


def retards(jour: date, reglages: Reglages) -> dict[str, Any]:
    """Les titulaires d'opérations en cours sous le seuil de leur structure au dernier mois clos, sous-traitants avec eux."""
    arrete_au = dernier_mois_clos(jour)
    ouverts = Engagement.objects.filter(
        Q(titulaire__lot__marche__operation__date_fin__isnull=True)
        | Q(titulaire__lot__marche__operation__date_fin__gte=jour)
    )
    lignes = avancements_des_engagements(ouverts, jour=arrete_au)
    engagements = {ligne.titulaire.pk: ligne.engagement.pk for ligne in lignes}
    en_retard = [t.titulaire.pk for t in _sous_leur_seuil(par_titulaire(lignes), reglages)]
    return {"arrete_au": arrete_au, "engagements": [engagements[pk] for pk in en_retard]}


def _sous_leur_seuil(titulaires: Iterable[LigneTitulaire], reglages: Reglages) -> Iterable[LigneTitulaire]:
    for ligne in titulaires:
        delais = reglages.delais.get(ligne.titulaire.lot.marche.operation.structure_id)
        if delais is None:
            continue
        mesure = ligne.avancement
        rythme = evaluer_rythme(
            validees=mesure.validees + mesure.reportees,
            a_verifier=mesure.en_attente_comptees,
            attendues=mesure.attendues,
            dues=mesure.dues,
            seuils=SeuilsRythme(retard=Decimal(delais.rythme)),
        )
        if rythme.code == CodeRythme.RETARD:
            yield ligne
