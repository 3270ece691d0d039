"""Un diagnostic en clair, et deux diagnostics côte à côte : ce que montrent l'écran, l'impression et le PDF."""

from collections.abc import Mapping
from dataclasses import dataclass

from beneficiaires.referentiels import FREINS
from comptes.formats import date_longue
from parcours.models import CHAMPS_DES_ETAPES, Diagnostic, EtapeDiagnostic, EtatFrein
from parcours.regles.bilan import Changement, comparer_reponses
from parcours.regles.referentiel_freins import objectifs_de, situations_de

MULTIPLES = {"metiers_exerces", "metiers_vises"}
UNITES = {"rayon_km": "\u00a0km", "annees_experience": "\u00a0ans"}


@dataclass(frozen=True)
class Reponse:
    """Une question et sa réponse, vide quand elle n'a pas été dite."""

    libelle: str
    texte: str


@dataclass(frozen=True)
class Section:
    """Une étape du diagnostic. `est_faite` : elle a été remplie, même à moitié."""

    etape: EtapeDiagnostic
    reponses: list[Reponse]
    est_faite: bool


@dataclass(frozen=True)
class Comparee:
    """Une question, ses deux réponses et ce qui a changé."""

    libelle: str
    avant: str
    apres: str
    changement: Changement


@dataclass(frozen=True)
class SectionComparee:
    etape: EtapeDiagnostic
    lignes: list[Comparee]

    @property
    def changements(self) -> int:
        return sum(ligne.changement != Changement.MEME for ligne in self.lignes)


def lire_diagnostic(diagnostic: Diagnostic) -> list[Section]:
    """Les sept étapes et leurs réponses. Une étape qui n'a pas été enregistrée n'a rien dit."""
    return [
        Section(etape, _reponses(diagnostic, etape), etape.value in diagnostic.etapes_faites)
        for etape in EtapeDiagnostic
    ]


def comparer_diagnostics(avant: Diagnostic, apres: Diagnostic) -> list[SectionComparee]:
    """Les deux diagnostics question par question, dans l'ordre des étapes."""
    return [
        SectionComparee(
            nouvelle.etape,
            [
                Comparee(a.libelle, a.texte, b.texte, comparer_reponses(a.texte, b.texte))
                for a, b in zip(ancienne.reponses, nouvelle.reponses, strict=True)
            ],
        )
        for ancienne, nouvelle in zip(lire_diagnostic(avant), lire_diagnostic(apres), strict=True)
    ]


def _reponses(diagnostic: Diagnostic, etape: EtapeDiagnostic) -> list[Reponse]:
    if etape == EtapeDiagnostic.FREINS:
        return [Reponse(frein.libelle, _frein(code, diagnostic.freins.get(code))) for code, frein in FREINS.items()]
    faite = etape.value in diagnostic.etapes_faites
    return [Reponse(_libelle(champ), _texte(diagnostic, champ) if faite else "") for champ in CHAMPS_DES_ETAPES[etape]]


def _libelle(champ: str) -> str:
    libelle = str(Diagnostic._meta.get_field(champ).verbose_name)
    return libelle[:1].upper() + libelle[1:]


def _texte(diagnostic: Diagnostic, champ: str) -> str:
    if champ in MULTIPLES:
        return ", ".join(metier.libelle for metier in getattr(diagnostic, champ).all())
    valeur = getattr(diagnostic, champ)
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if Diagnostic._meta.get_field(champ).choices:
        return str(getattr(diagnostic, f"get_{champ}_display")())
    return date_longue(valeur) if hasattr(valeur, "year") else f"{valeur}{UNITES.get(champ, '')}"


def _frein(rubrique: str, garde: Mapping | None) -> str:
    """« Repéré : dépendant des transports en commun. À faire : obtenir le permis. »"""
    if garde is None:
        return ""
    situations = [texte for code, texte in situations_de(rubrique).items() if code in garde["situations"]]
    objectifs = [texte for code, texte in objectifs_de(rubrique).items() if code in garde["objectifs"]]
    suites = ["\u00a0; ".join(liste) for liste in (situations, objectifs) if liste]
    parties = [EtatFrein(garde["etat"]).label, *suites]
    return ". ".join([*parties, garde["precision"]] if garde["precision"] else parties)
