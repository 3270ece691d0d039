"""L'examen des situations d'une personne : lesquelles comptent au jour que fixe le marché, et pourquoi les autres non."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from beneficiaires.criteres import CRITERES, ORGANISMES_AVIS, Critere
from beneficiaires.periodes import Periode
from beneficiaires.regles import controler_age, preuve_suffisante
from clauses.regles.decision import Fait, Raison
from clauses.regles.faits import FaitSituation, FaitsPersonne
from clauses.regles.parametres import ParametresRegle
from comptes.formats import date_longue, periode


@dataclass(frozen=True, slots=True)
class SituationsExaminees:
    """Ce que l'examen a trouvé : critères retenus (un par code), raisons pour et contre, et ce qui manque."""

    retenus: tuple[Fait, ...] = ()
    raisons: tuple[Raison, ...] = ()
    ecartees: tuple[Raison, ...] = ()
    manques: tuple[str, ...] = ()


def examiner_situations(
    parametres: ParametresRegle,
    personne: FaitsPersonne,
    situations: Sequence[FaitSituation],
    jour: date,
    date_decision: date,
) -> SituationsExaminees:
    """Examine chaque situation au jour d'appréciation.

    Une pièce suffit si elle est en cours de validité ce jour-là **ou** au jour de la décision : la clause compte la validité
    depuis la validation, mais une pièce prise au bon moment ne se perd pas. Une situation absente rend « à compléter ».
    Lève ValueError si un code de critère est inconnu.
    """
    retenus: dict[str, Fait] = {}
    ecartees: list[Raison] = []
    manques: list[str] = []
    if not situations:
        return SituationsExaminees(manques=("situation qui ouvre droit, avec sa pièce",))
    for situation in sorted(situations, key=lambda s: (s.date_piece or date.min, s.date_debut)):
        if situation.critere not in CRITERES:
            raise ValueError(f"Critère inconnu\u00a0: {situation.critere}.")
        critere = parametres.critere(situation.critere)
        if raison := _raison_contraire(parametres, personne, critere, situation, jour):
            ecartees.append(raison)
        elif manque := _manque(parametres, personne, critere, situation, jour, date_decision):
            manques.append(manque)
        else:
            retenus[critere.code] = _fait(critere, situation)
    utiles = [raison for raison in ecartees if raison.fait not in retenus]
    return SituationsExaminees(
        retenus=tuple(retenus.values()),
        raisons=tuple(
            Raison(f"{fait.libelle}, au {date_longue(jour)}.", code, jour, parametres.article_de("criteres"))
            for code, fait in retenus.items()
        ),
        ecartees=tuple(utiles),
        manques=tuple(dict.fromkeys(manques)),
    )


def _raison_contraire(
    parametres: ParametresRegle, personne: FaitsPersonne, critere: Critere, situation: FaitSituation, jour: date
) -> Raison | None:
    """Rend ce qui écarte la situation quelle que soit la pièce : liste, dates, âge."""
    article = parametres.article_de("criteres")
    if not parametres.accepte(critere.code):
        texte = f"{critere.libelle}\u00a0: ce critère n’est pas dans la liste du marché."
        return Raison(texte, critere.code, None, article)
    tenue = Periode(situation.date_debut, situation.date_fin)
    if not tenue.contient(jour):
        dates = periode(tenue.debut, tenue.fin)
        texte = f"{critere.libelle}, {dates}\u00a0: la situation ne couvre pas le {date_longue(jour)}."
        return Raison(texte, critere.code, jour, article)
    if personne.naissance is not None and personne.naissance <= jour:
        refus = controler_age(critere, personne.naissance, jour)
        if refus is not None:
            return Raison(refus.phrase, critere.code, jour, article)
    return None


def _manque(
    parametres: ParametresRegle,
    personne: FaitsPersonne,
    critere: Critere,
    situation: FaitSituation,
    jour: date,
    date_decision: date,
) -> str | None:
    """Rend ce qui manque pour que la situation compte, ou None si elle est prouvée."""
    if personne.naissance is None and (critere.age_min is not None or critere.age_max is not None):
        return "date de naissance"
    if critere.exige_avis and situation.organisme not in parametres.organismes:
        organismes = ", ".join(ORGANISMES_AVIS[code] for code in parametres.organismes)
        return f"organisme qui donne l’avis motivé ({organismes})"
    piece = f"pièce pour «\u00a0{critere.libelle}\u00a0» ({critere.piece})"
    if situation.vue_le is None or situation.vue_le > date_decision:
        return f"{piece}, à voir avant de décider"
    if preuve_suffisante(critere, situation.date_piece, jour) is None:
        return None
    return _manque_de_piece(critere, situation, date_decision, piece)


def _manque_de_piece(critere: Critere, situation: FaitSituation, date_decision: date, piece: str) -> str | None:
    """Rend ce qui manque à la pièce au jour de la décision, ou None si elle vaut ce jour-là."""
    refus = preuve_suffisante(critere, situation.date_piece, date_decision)
    if refus is None:
        return None
    if refus.code == "piece_sans_date":
        return f"date de la pièce pour «\u00a0{critere.libelle}\u00a0» ({critere.piece})"
    if refus.code == "piece_posterieure":
        return f"{piece}, datée d’avant la décision"
    return f"{piece} de moins de {critere.validite_piece_mois}\u00a0mois"


def _fait(critere: Critere, situation: FaitSituation) -> Fait:
    return Fait(
        critere=critere.code,
        libelle=critere.libelle,
        piece=situation.piece or critere.piece,
        date_piece=situation.date_piece,
        vue_le=situation.vue_le,
        vue_par=situation.vue_par,
        organisme=situation.organisme,
        precision=situation.precision,
    )
