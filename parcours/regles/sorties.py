"""La sortie du parcours : durable, de transition, positive ou autre, d'après des faits datés, et avec ses raisons.

Les deux lectures, générale et PLIE, sont des réglages : `parcours.regles.regle_sorties`. Une date qui manque rend « à compléter »,
jamais une réponse devinée.
"""

from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from beneficiaires.periodes import Duree, Periode, lendemain, periode_depuis
from comptes.formats import date_longue, nombre, quantite
from parcours.regles.missions import mois_travailles, suite_sans_interruption
from parcours.regles.pass_iae import fin_connue
from parcours.regles.regle_sorties import REGLE_SORTIE, ClasseSortie, FaitsSortie, NatureSortie, RegleSortie, Sortie

# Association intermédiaire, lecture PLIE : plus de 55 ans, plus de deux ans, un tiers de temps au moins.
AI_AGE: Final = 55
AI_ANCIENNETE: Final = Duree(mois=24)
AI_QUOTITE: Final = Fraction(1, 3)
# Sans terme : durables dès la signature, dans la lecture générale.
_SANS_TERME: Final = frozenset({NatureSortie.CDI, NatureSortie.CREATION})
_AUTRES: Final = {
    NatureSortie.DEMENAGEMENT: "Déménagement\u00a0: sortie administrative.",
    NatureSortie.SANTE: "Sortie pour santé.",
    NatureSortie.ABANDON: "Abandon du parcours.",
    NatureSortie.FIN_DU_PARCOURS: "Parcours arrivé à son terme sans emploi ni formation.",
    NatureSortie.DECES: "Décès.",
}


def classer_sortie(faits: FaitsSortie, *, jour: date, regle: RegleSortie = REGLE_SORTIE) -> Sortie:
    """Classe la sortie telle qu'on la connaît ce jour-là, avec ses raisons et les textes qui les fondent (`regle.source_de`).

    « À confirmer » : l'emploi ou la formation court, sa durée n'est pas encore atteinte. « À compléter » : une date manque.
    """
    return replace(_classer(faits, regle, jour), source=regle.source_de(faits.nature))


def _classer(faits: FaitsSortie, regle: RegleSortie, jour: date) -> Sortie:
    nature = faits.nature
    if nature in _AUTRES:
        return _rendre(ClasseSortie.AUTRE, _AUTRES[nature])
    if nature == NatureSortie.RETRAITE:
        classe = ClasseSortie.AUTRE if regle.est_plie else ClasseSortie.POSITIVE
        return _rendre(classe, "Départ en retraite" + ("\u00a0: sortie administrative." if regle.est_plie else "."))
    if nature == NatureSortie.AUTRE_FORMATION:
        classe = ClasseSortie.AUTRE if regle.est_plie else ClasseSortie.POSITIVE
        return _rendre(classe, "Formation qui ne mène pas à une qualification.")
    if nature == NatureSortie.SAISONNIER:
        return _saisonnier(faits, regle, jour) if faits.missions else _a_completer("dates des saisons")
    if nature != NatureSortie.INTERIM and faits.debut is None:
        quoi = "d’entrée en formation" if nature == NatureSortie.FORMATION_QUALIFIANTE else "d’embauche"
        return _a_completer(f"date {'de création' if nature == NatureSortie.CREATION else quoi}")
    if nature == NatureSortie.FORMATION_QUALIFIANTE:
        return _formation(faits, regle, jour)
    if nature in {NatureSortie.AUTRE_SIAE, NatureSortie.ASSOCIATION_INTERMEDIAIRE}:
        return _structure_iae(faits, regle, jour)
    if nature == NatureSortie.CONTRAT_AIDE and not regle.est_plie:
        return _rendre(ClasseSortie.TRANSITION, "Contrat aidé.")
    if refus := _emploi_refuse(faits, regle):
        return _rendre(ClasseSortie.TRANSITION, refus)
    return _emploi(faits, regle, jour)


def _emploi_refuse(faits: FaitsSortie, regle: RegleSortie) -> str:
    """Ce qui empêche un emploi d'être durable, quelle que soit sa durée ; vide si rien."""
    if regle.quotite_minimale is not None and faits.quotite < 1:
        if not faits.est_temps_choisi:
            return "Temps partiel que la personne n’a pas choisi."
        if faits.quotite < regle.quotite_minimale:
            return f"Temps partiel inférieur à {_quotite(regle.quotite_minimale)}."
    if regle.exige_tenue and not faits.est_atteste:
        return "Emploi sans attestation."
    return ""


def _emploi(faits: FaitsSortie, regle: RegleSortie, jour: date) -> Sortie:
    """CDI, CDD, alternance, création, intérim, contrat aidé : la durée signée, ou la durée tenue."""
    if faits.nature == NatureSortie.INTERIM:
        suite = suite_sans_interruption(
            faits.missions,
            ecart_jours=regle.ecart_interim_jours,
            plusieurs_employeurs=faits.plusieurs_employeurs_choisis,
        )
        if suite is None:
            return _a_completer("dates des missions")
        return _selon_la_duree(regle, suite.debut, suite.fin, jour, "Missions d’intérim sans interruption")
    debut = faits.debut or jour
    fins = [fin for fin in (faits.fin_prevue, faits.fin_reelle) if fin is not None]
    if not regle.exige_tenue and faits.nature in _SANS_TERME and faits.fin_reelle is None:
        return _rendre(ClasseSortie.DURABLE, f"{_nom(faits.nature)} depuis le {date_longue(debut)}.", debut)
    if not fins and faits.nature not in _SANS_TERME:
        return _a_completer("date de fin du contrat")
    return _selon_la_duree(regle, debut, min(fins, default=None), jour, _nom(faits.nature))


def _selon_la_duree(regle: RegleSortie, debut: date, fin: date | None, jour: date, nom: str) -> Sortie:
    seuil = jour_acquis(debut, regle)
    dite = f"{regle.emploi_mois} mois{' et un jour' if regle.un_jour_de_plus else ''}"
    if fin is not None and fin < seuil:
        return _rendre(
            ClasseSortie.TRANSITION,
            f"{nom} jusqu’au {date_longue(fin)}\u00a0: moins de {dite} depuis l’embauche.",
        )
    if regle.exige_tenue and jour < seuil:
        return _rendre(
            ClasseSortie.A_CONFIRMER,
            f"{nom}\u00a0: {dite} de présence seront atteints le {date_longue(seuil)}.",
            seuil,
        )
    verbe = "tenu" if regle.exige_tenue else "prévu"
    return _rendre(
        ClasseSortie.DURABLE,
        f"{nom}, {verbe} {dite} au moins depuis le {date_longue(debut)}.",
        seuil if regle.exige_tenue else debut,
    )


def jour_acquis(debut: date, regle: RegleSortie = REGLE_SORTIE) -> date:
    """Rend le jour où l'emploi commencé ce jour-là atteint la durée : le dernier des six mois, ou le lendemain (« et un jour »)."""
    dernier = fin_connue(periode_depuis(debut, Duree(mois=regle.emploi_mois)))
    return lendemain(dernier) if regle.un_jour_de_plus else dernier


def _saisonnier(faits: FaitsSortie, regle: RegleSortie, jour: date) -> Sortie:
    mois = mois_travailles([m.periode for m in faits.missions], jour=jour)
    # Jamais arrondi vers le haut : « 8 mois travaillés, il en faut 8 » ne se comprendrait pas.
    dits = nombre(mois.quantize(Decimal("0.1"), rounding=ROUND_DOWN), 1)
    dit = f"{dits} mois travaillés sur les douze qui finissent le {date_longue(jour)}"
    if refus := _emploi_refuse(faits, regle):
        return _rendre(ClasseSortie.TRANSITION, refus)
    if mois >= regle.saisonnier_mois:
        return _rendre(ClasseSortie.DURABLE, f"{dit}, pour {regle.saisonnier_mois} demandés.", jour)
    return _rendre(ClasseSortie.TRANSITION, f"{dit}, il en faut {regle.saisonnier_mois}.")


def _formation(faits: FaitsSortie, regle: RegleSortie, jour: date) -> Sortie:
    """Plus de neuf mois : validée après six mois de présence ; plus courte : à la certification."""
    debut = faits.debut or jour
    if not regle.est_plie:
        return _rendre(ClasseSortie.POSITIVE, f"Formation qualifiante depuis le {date_longue(debut)}.", debut)
    if faits.certification_le is not None and faits.certification_le <= jour:
        return _rendre(
            ClasseSortie.POSITIVE,
            f"Certification le {date_longue(faits.certification_le)}.",
            faits.certification_le,
        )
    if faits.fin_prevue is None:
        return _a_completer("date de fin de la formation")
    longue = (Periode(debut, faits.fin_prevue).nombre_mois() or Decimal(0)) > regle.formation_longue_mois
    if not longue:
        if faits.fin_reelle is not None and faits.fin_reelle < faits.fin_prevue:
            return _rendre(
                ClasseSortie.AUTRE, f"Formation quittée le {date_longue(faits.fin_reelle)}, sans certification."
            )
        return _rendre(
            ClasseSortie.A_CONFIRMER,
            f"Formation de {regle.formation_longue_mois} mois ou moins\u00a0: elle se valide à la certification.",
        )
    valide_le = fin_connue(periode_depuis(debut, Duree(mois=regle.formation_validee_mois)))
    if faits.fin_reelle is not None and faits.fin_reelle < valide_le:
        return _rendre(
            ClasseSortie.AUTRE,
            f"Formation quittée le {date_longue(faits.fin_reelle)}, avant {regle.formation_validee_mois} mois de présence.",
        )
    raison = f"Formation de plus de {regle.formation_longue_mois} mois"
    if jour < valide_le:
        suite = f"\u00a0: {regle.formation_validee_mois} mois de présence seront atteints le {date_longue(valide_le)}."
        return _rendre(ClasseSortie.A_CONFIRMER, raison + suite, valide_le)
    return _rendre(
        ClasseSortie.POSITIVE,
        f"{raison}, validée après {regle.formation_validee_mois} mois de présence.",
        valide_le,
    )


def _structure_iae(faits: FaitsSortie, regle: RegleSortie, jour: date) -> Sortie:
    """Une autre structure de l'IAE ; pour un PLIE, seule une association intermédiaire, sous trois conditions."""
    if not regle.est_plie:
        return _rendre(ClasseSortie.POSITIVE, "Suite de parcours dans une autre structure de l’IAE.")
    if faits.nature == NatureSortie.AUTRE_SIAE:
        return _rendre(ClasseSortie.AUTRE, "Une autre structure de l’IAE n’est pas une sortie positive de PLIE.")
    if faits.age is None:
        return _a_completer("âge de la personne")
    debut = faits.debut or jour
    anciennete = lendemain(fin_connue(periode_depuis(debut, AI_ANCIENNETE)))
    manques = [
        phrase
        for manque, phrase in (
            (faits.age <= AI_AGE, f"plus de {AI_AGE}\u00a0ans"),
            (jour < anciennete, "plus de deux ans d’ancienneté"),
            (faits.quotite < AI_QUOTITE, f"{_quotite(AI_QUOTITE)} au moins"),
        )
        if manque
    ]
    if manques:
        return _rendre(ClasseSortie.TRANSITION, f"Association intermédiaire\u00a0: il faudrait {', '.join(manques)}.")
    return _rendre(
        ClasseSortie.DURABLE,
        f"Association intermédiaire\u00a0: {quantite(faits.age, 'an')}, plus de deux ans, {_quotite(AI_QUOTITE)} au moins.",
        anciennete,
    )


def _a_completer(manque: str) -> Sortie:
    return _rendre(ClasseSortie.A_COMPLETER, f"À compléter\u00a0: {manque}.")


def _rendre(classe: ClasseSortie, raison: str, acquise_le: date | None = None) -> Sortie:
    return Sortie(classe, (raison,), acquise_le=acquise_le)


def _quotite(part: Fraction) -> str:
    return {Fraction(1, 2): "un mi-temps", Fraction(1, 3): "un tiers de temps"}.get(
        part, f"{nombre(float(part * 100))}\u00a0% d’un temps plein"
    )


def _nom(nature: NatureSortie) -> str:
    return {
        NatureSortie.CDI: "CDI",
        NatureSortie.CDD: "CDD",
        NatureSortie.ALTERNANCE: "Contrat en alternance",
        NatureSortie.CREATION: "Création d’entreprise",
        NatureSortie.CONTRAT_AIDE: "Contrat aidé",
    }[nature]
