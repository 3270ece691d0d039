"""« Pourquoi ? » d'un agrément : sa fin, ce qui l'a poussée, sa carence, ce qui reste possible ; un texte pour tous les écrans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from comptes.formats import INSECABLE, date_longue, periode, quantite
from parcours.regles.agrements import TYPE_IAE, EtatAgrement, FaitsAgrement, ProlongationDite, etat_agrement
from parcours.regles.pass_iae import (
    DUREE_PASS,
    EtatPass,
    fin_carence,
    fin_connue,
    fin_pass,
    jours_restants_pass,
)
from parcours.regles.plie import fin_plie, renouvellements_restants
from parcours.regles.prolongations import fenetre_prolongation

SOURCE_IAE: Final = "règles de la plateforme «\u00a0les emplois de l’inclusion\u00a0», qui émet le PASS IAE"
SOURCE_PLIE: Final = "fiche A3, partie II (24 mois, renouvelable sur avis motivé)\u00a0; réglages du PLIE"
AUTRE_FENETRE: Final = (
    "Ces dates ne décident pas de l’éligibilité à une clause, qui se juge opération par opération\u00a0: "
    "une suspension ou une prolongation ne déplace aucune fenêtre de clause."
)


@dataclass(frozen=True, slots=True)
class LigneExpliquee:
    """Un fait et sa valeur."""

    terme: str
    detail: str


@dataclass(frozen=True, slots=True)
class ExplicationAgrement:
    """Le bloc « Pourquoi ? » d'un agrément, dans l'ordre de lecture. `source` : sans le mot « Source »."""

    reponse: str
    etat: EtatAgrement
    lignes: tuple[LigneExpliquee, ...]
    paragraphes: tuple[str, ...]
    source: str

    @property
    def texte(self) -> str:
        """Rend tout le bloc en texte simple, un paragraphe par ligne."""
        lignes = [f"–{INSECABLE}{ligne.terme}{INSECABLE}: {ligne.detail}" for ligne in self.lignes]
        return "\n".join((self.reponse, *lignes, *self.paragraphes, f"Source{INSECABLE}: {self.source}."))


def expliquer_agrement(faits: FaitsAgrement, *, nom: str, jour: date) -> ExplicationAgrement:
    """Explique l'agrément tel qu'il est ce jour-là. `nom` : « PASS IAE 99999 24 00718 », « PLIE du Confluent ».

    Une fin que rien d'écrit ne confirme s'appelle « estimation ».
    """
    est_pass = faits.type_agrement == TYPE_IAE
    etat = etat_agrement(
        faits.type_agrement,
        debut=faits.debut,
        fin=faits.fin,
        jour=jour,
        suspensions=[s.periode for s in faits.suspensions],
    )
    lignes = _lignes_pass(faits, etat, jour) if est_pass else _lignes_plie(faits, etat, jour)
    return ExplicationAgrement(
        reponse=_reponse(faits, etat, nom, jour),
        etat=etat,
        lignes=tuple(LigneExpliquee(*ligne) for ligne in lignes),
        paragraphes=tuple(_paragraphes(faits, est_pass)),
        source=SOURCE_IAE if est_pass else SOURCE_PLIE,
    )


def _reponse(faits: FaitsAgrement, etat: EtatAgrement, nom: str, jour: date) -> str:
    fin = f"{date_longue(faits.fin)} inclus{'' if faits.fin_officielle else ', estimation'}"
    match etat.code:
        case EtatPass.EXPIRE:
            return f"{nom}\u00a0: fini le {fin}"
        case EtatPass.FUTUR:
            return f"{nom}\u00a0: commence le {date_longue(faits.debut)}, court jusqu’au {fin}"
        case EtatPass.SUSPENDU:
            ici = next(s.periode for s in faits.suspensions if s.periode.contient(jour))
            return f"{nom}\u00a0: suspendu jusqu’au {date_longue(ici.fin)} inclus, puis valide jusqu’au {fin}"
        case _:
            return f"{nom}\u00a0: en cours jusqu’au {fin}"


def _lignes_pass(faits: FaitsAgrement, etat: EtatAgrement, jour: date) -> Iterator[tuple[str, str]]:
    base = fin_pass(faits.debut)
    yield "Commence", f"le {date_longue(faits.debut)}"
    yield "Dure", f"{quantite(DUREE_PASS.jours, 'jour')}, dernier jour compris\u00a0: jusqu’au {date_longue(base)}"
    for suspension in sorted(faits.suspensions, key=lambda s: s.periode.debut):
        jours = (fin_connue(suspension.periode) - suspension.periode.debut).days
        motif = f" ({_minuscule(suspension.motif)})" if suspension.motif else ""
        dite = periode(suspension.periode.debut, suspension.periode.fin)
        yield "Suspendu", f"{dite}{motif}\u00a0: la fin recule de {quantite(jours, 'jour')}, «\u00a0fin − début\u00a0»"
    for prolongation in sorted(faits.prolongations, key=lambda p: p.periode.debut):
        yield _terme(prolongation), _detail(prolongation)
    yield from _fin(faits)
    if etat.code != EtatPass.EXPIRE:
        suspensions = [s.periode for s in faits.suspensions]
        reste = jours_restants_pass(faits.debut, faits.fin, suspensions, jour)
        arrete = ", le compte est arrêté pendant la suspension" if etat.code == EtatPass.SUSPENDU else ""
        yield "Reste", f"{quantite(reste, 'jour')}{arrete}"
    yield (
        "Carence",
        f"jusqu’au {date_longue(fin_carence(faits.fin))} inclus\u00a0; avant, un nouveau PASS IAE passe par un "
        "prescripteur habilité",
    )
    demande = fenetre_prolongation(faits.fin)
    yield "Se prolonge", f"sur une demande faite {periode(demande.debut, demande.fin)}"


def _lignes_plie(faits: FaitsAgrement, etat: EtatAgrement, jour: date) -> Iterator[tuple[str, str]]:
    regle = faits.regle_plie
    base = fin_plie(faits.debut, regle=regle)
    yield "Commence", f"le {date_longue(faits.debut)}"
    yield "Dure", f"{regle.duree_mois} mois de calendrier\u00a0: jusqu’au {date_longue(base)}"
    for rang, renouvellement in enumerate(faits.renouvellements, start=1):
        avis = f" {renouvellement.avis}" if renouvellement.avis else ""
        yield f"Renouvelé{'' if rang == 1 else f' ({rang}e fois)'}", f"de {renouvellement.mois} mois{avis}"
    yield from _fin(faits)
    if etat.code != EtatPass.EXPIRE:
        yield "Reste", quantite(jours_restants_pass(faits.debut, faits.fin, (), jour), "jour")
    restants = renouvellements_restants(len(faits.renouvellements), regle)
    encore = (
        "sans limite de nombre" if restants is None else f"encore {restants} fois" if restants else "il n’en reste pas"
    )
    yield "Se renouvelle", f"sur avis motivé, de {regle.renouvellement_mois} mois\u00a0: {encore}"


def _fin(faits: FaitsAgrement) -> Iterator[tuple[str, str]]:
    if faits.fin_officielle is None:
        yield "Finit", f"le {date_longue(faits.fin)} inclus\u00a0: c’est une estimation, recopiez la date du document"
        return
    ecart = faits.fin_calculee != faits.fin_officielle
    suite = f"\u00a0; le calcul donnerait le {date_longue(faits.fin_calculee)}" if ecart else ", comme le calcul"
    yield "Finit", f"le {date_longue(faits.fin)} inclus, date écrite sur le document{suite}"


def _terme(prolongation: ProlongationDite) -> str:
    return {"demandee": "À prolonger", "accordee": "Prolongé", "refusee": "Refus"}[prolongation.etat]


def _detail(prolongation: ProlongationDite) -> str:
    jours = (fin_connue(prolongation.periode) - prolongation.periode.debut).days
    precision = f", {prolongation.precision}" if prolongation.precision else ""
    dite = (
        f"{periode(prolongation.periode.debut, prolongation.periode.fin)}, {_minuscule(prolongation.motif)}{precision}"
    )
    match prolongation.etat:
        case "accordee":
            return f"{dite}\u00a0: la fin recule de {quantite(jours, 'jour')}"
        case "refusee":
            return f"{dite}\u00a0: la fin ne bouge pas"
        case _:
            return f"{dite}\u00a0: demandée, elle ne compte pas tant que la réponse manque"


def _minuscule(mots: str) -> str:
    """« fin d’une formation » dans une phrase ; « RQTH » reste un sigle."""
    return mots[:1].lower() + mots[1:] if mots[1:2].islower() else mots


def _paragraphes(faits: FaitsAgrement, est_pass: bool) -> Iterator[str]:
    if faits.fin_officielle is not None and faits.fin_calculee != faits.fin_officielle:
        yield (
            "La date écrite sur le document l’emporte sur le calcul. Si le document a changé depuis, recopiez sa nouvelle date."
        )
    yield (
        AUTRE_FENETRE if est_pass else AUTRE_FENETRE.replace("une suspension ou une prolongation", "un renouvellement")
    )
