"""Les heures des affectations, mois par mois, dans tous les états que connaît la grille."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from beneficiaires.periodes import Periode, decaler, lendemain, mois_de, mois_entre
from clauses.models import Affectation, EtatReleve, NatureHeures, ReleveHeures, SourceReleve
from clauses.regles import periode_saisissable
from clauses.services.heures import faits_de
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.construire_organisations import declarant
from config.demonstration.tables.placements import (
    CAS_PARTICULIERS,
    MOTIFS_REFUS,
    NON_DECLARES,
    LignePlacement,
)

SEMAINES_PAR_MOIS = Decimal(52) / 12
DEMI_HEURE = Decimal("0.5")
# Congés d'été et de fin d'année : part du mois travaillée.
PRESENCE = {8: (0.45, 0.62), 12: (0.7, 0.82), 7: (0.8, 0.95)}
PRESENCE_ORDINAIRE = (0.86, 1.0)
_DECLARE, _RECTIFIE, _VERIFIE = EtatReleve.DECLARE, EtatReleve.RECTIFIE, EtatReleve.VERIFIE
_VALIDE, _REFUSE = EtatReleve.VALIDE, EtatReleve.REFUSE
# Selon l'ancienneté du mois : ce que deviennent les déclarations, en poids.
SORTS = {
    1: ((_DECLARE, 52), (_VERIFIE, 16), (_VALIDE, 22), (_RECTIFIE, 6), (_REFUSE, 4)),
    2: ((_DECLARE, 4), (_VERIFIE, 8), (_VALIDE, 82), (_RECTIFIE, 2), (_REFUSE, 4)),
}
SORTS_ANCIENS = ((_VALIDE, 98), (_REFUSE, 2))


def construire_heures(atelier: Atelier, affectations: list[tuple[LignePlacement, str, Affectation]]) -> None:
    releves = [
        releve for ligne, cle, affectation in affectations for releve in _releves(atelier, ligne, cle, affectation)
    ]
    ReleveHeures.objects.bulk_create(releves)


def _releves(atelier: Atelier, ligne: LignePlacement, cle: str, affectation: Affectation) -> list[ReleveHeures]:
    """Les relevés d'une affectation, de l'ouverture de sa fenêtre au dernier mois fini."""
    contrat, fenetre, lot = faits_de(affectation)
    if fenetre is None:
        return []
    dernier = decaler(atelier.reference.replace(day=1), -1)
    releves = []
    for mois in mois_entre(contrat.debut, dernier):
        jours = periode_saisissable(mois, contrat, fenetre, lot)
        anciennete = (atelier.reference.year - mois.year) * 12 + atelier.reference.month - mois.month
        if jours is None or (anciennete == 1 and ligne.employeur in NON_DECLARES):
            continue
        tirage = atelier.hasard("heures", ligne.personne, cle, mois)
        travail = _releve(atelier, affectation, mois, jours, NatureHeures.TRAVAIL)
        travail.heures = _heures_de_travail(ligne, cle, mois, jours, tirage)
        cas = CAS_PARTICULIERS.get((ligne.personne, cle, -anciennete))
        if cas:
            travail.heures = Decimal(cas.heures)
            travail.heures_bulletin = Decimal(cas.bulletin) if cas.bulletin else None
        _suivre(atelier, ligne, cle, travail, anciennete, tirage, (cas.etat, cas.motif) if cas else None)
        releves.append(travail)
        if ligne.formation_heures and jours == mois_de(mois):
            formation = _releve(atelier, affectation, mois, jours, NatureHeures.FORMATION)
            formation.heures = Decimal(ligne.formation_heures)
            _suivre(atelier, ligne, cle, formation, anciennete, tirage, (travail.etat, travail.motif))
            releves.append(formation)
    return releves


def _releve(
    atelier: Atelier, affectation: Affectation, mois: date, jours: Periode, nature: NatureHeures
) -> ReleveHeures:
    return ReleveHeures(
        id=atelier.id("releve", affectation.pk, mois, nature),
        affectation=affectation,
        mois=mois,
        date_debut=jours.debut,
        date_fin=jours.fin,
        nature=nature,
    )


def _heures_de_travail(ligne: LignePlacement, cle: str, mois: date, jours: Periode, tirage: Random) -> Decimal:
    """Le temps du contrat, la part de cet engagement, les jours du mois qui comptent, et les absences ; à la demi-heure."""
    presence = Decimal(str(tirage.uniform(*PRESENCE.get(mois.month, PRESENCE_ORDINAIRE))))
    plein = ligne.heures_hebdo * SEMAINES_PAR_MOIS * ligne.parts[cle] / 100
    prorata = Decimal(jours.nombre_jours()) / mois_de(mois).nombre_jours()
    return (plein * prorata * presence / DEMI_HEURE).quantize(Decimal(1), rounding=ROUND_HALF_UP) * DEMI_HEURE


def _suivre(
    atelier: Atelier,
    ligne: LignePlacement,
    cle: str,
    releve: ReleveHeures,
    anciennete: int,
    tirage: Random,
    impose: tuple[EtatReleve, str] | None,
) -> None:
    """Donne au relevé son état, qui l'a saisi, qui a décidé, et quand ; jamais après la référence."""
    referent = atelier.personnes[ligne.personne].referent
    # L'employeur déclare ; s'il n'a pas de compte, l'entreprise qu'il sert ; sinon le facilitateur saisit à leur place.
    qui = next((cle for cle in (ligne.employeur, ligne.utilisatrice) if cle and declarant(atelier, cle)), None)
    releve.source = SourceReleve.ENTREPRISE if qui else SourceReleve.FACILITATEUR
    releve.declarant = atelier.organisations[qui] if qui else None
    releve.saisi_par = declarant(atelier, qui) if qui else referent
    fin = lendemain(mois_de(releve.mois).fin)
    saisie = min(fin + timedelta(days=tirage.randint(0, 10)), max(fin, decaler(atelier.reference, -1)))
    releve.saisi_le = moment(saisie, tirage.randint(8, 17), tirage.randint(0, 59))
    if impose:
        releve.etat, releve.motif = impose
    else:
        etats, poids = zip(*SORTS.get(anciennete, SORTS_ANCIENS), strict=True)
        releve.etat = tirage.choices(etats, poids)[0]
        if releve.etat in (_REFUSE, _RECTIFIE):
            releve.motif = tirage.choice(MOTIFS_REFUS)
    releve.version = {_DECLARE: 1, _VERIFIE: 2, _REFUSE: 2, _VALIDE: 3, _RECTIFIE: 3}[releve.etat]
    if releve.etat in (_VERIFIE, _VALIDE, _REFUSE):
        decision = min(saisie + timedelta(days=tirage.randint(1, 9)), max(saisie, atelier.reference))
        releve.decide_par = referent
        releve.decide_le = (
            moment(decision, 17, tirage.randint(0, 59)) if decision > saisie else moment(decision, 18, 30)
        )
