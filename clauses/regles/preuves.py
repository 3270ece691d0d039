"""Les preuves qu'une entreprise dépose : contrat, bulletin de paie, relevé, facture. Ce qui s'accepte, et combien de temps on le garde.

Sources : CCAG 2021 (Travaux 20.1, autres 16.1), pièces remises au facilitateur sur demande ; CNIL, délibération 2023-095 du
14 septembre 2023, base active de deux ans. Les formats et la taille sont l'usage des dépôts de pièces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois, mois_de
from comptes.regles import Refus


class SortePreuve(StrEnum):
    """Ce que le document prouve."""

    CONTRAT = "contrat"
    BULLETIN = "bulletin"
    RELEVE = "releve"
    FACTURE = "facture"
    ATTESTATION = "attestation"


LIBELLES_PREUVE: Final[Mapping[SortePreuve, str]] = MappingProxyType(
    {
        SortePreuve.CONTRAT: "Contrat de travail ou de mission",
        SortePreuve.BULLETIN: "Bulletin de paie",
        SortePreuve.RELEVE: "Relevé d’heures signé",
        SortePreuve.FACTURE: "Facture de l’ETTI, de l’AI ou du GEIQ",
        SortePreuve.ATTESTATION: "Attestation de la SIAE, de l’EA ou de l’ESAT",
    }
)
# Un contrat vaut pour toute sa durée ; le reste prouve un mois.
SANS_MOIS: Final = frozenset({SortePreuve.CONTRAT})

OCTETS_MAXIMUM: Final = 10_000_000
PAGES_MAXIMUM: Final = 100
PIXELS_MAXIMUM: Final = 60_000_000
CONSERVATION_MOIS: Final = 24
ENTETE_OCTETS: Final = 16


@dataclass(frozen=True, slots=True)
class FormatPreuve:
    """Un format admis : les octets par lesquels il commence toujours, son nom et son type."""

    nom: str
    type_mime: str
    extension: str
    signature: bytes


PDF: Final = FormatPreuve("PDF", "application/pdf", "pdf", b"%PDF-")
JPEG: Final = FormatPreuve("JPEG", "image/jpeg", "jpg", b"\xff\xd8\xff")
PNG: Final = FormatPreuve("PNG", "image/png", "png", b"\x89PNG\r\n\x1a\n")
FORMATS: Final = (PDF, JPEG, PNG)

TROP_LOURDE: Final = Refus(
    f"Ce fichier dépasse {OCTETS_MAXIMUM // 1_000_000}\u00a0Mo. Réduisez la définition du scan, ou envoyez une pièce à la fois.",
    "trop_lourde",
)
VIDE: Final = Refus("Ce fichier est vide. Choisissez-le de nouveau.", "vide")
FORMAT_INCONNU: Final = Refus(
    "Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG, quel que soit son nom. Enregistrez la pièce en PDF, puis recommencez.",
    "format_inconnu",
)
PHOTO_DE_TELEPHONE: Final = Refus(
    "Cette photo est au format HEIC, que tous les postes ne savent pas lire. Enregistrez-la en JPEG, puis recommencez.",
    "heic",
)
ILLISIBLE: Final = Refus("Ce fichier est abîmé\u00a0: il ne s’ouvre pas. Scannez la pièce de nouveau.", "illisible")
PROTEGE: Final = Refus("Ce PDF demande un mot de passe. Déposez-le sans protection.", "protege")
ACTIF: Final = Refus(
    "Ce PDF contient un programme ou un fichier joint. Imprimez-le en PDF simple, puis recommencez.", "actif"
)
TROP_DE_PAGES: Final = Refus(
    f"Cette pièce a plus de {PAGES_MAXIMUM}\u00a0pages. Déposez celles qui comptent.", "trop_de_pages"
)
TROP_GRANDE: Final = Refus("Cette image est trop grande. Réduisez sa définition, puis recommencez.", "trop_grande")
INFECTE: Final = Refus("L’antivirus refuse ce fichier. Faites contrôler votre poste avant de recommencer.", "infecte")


def reconnaitre(entete: bytes, octets: int) -> FormatPreuve | Refus:
    """Rend le format que disent les premiers octets, ou pourquoi le fichier ne convient pas. Son nom ne compte pas.

    `entete` : au moins les ENTETE_OCTETS premiers octets ; `octets` : la taille entière. Un programme renommé « .pdf » et une image
    SVG, qui peut porter un script, ne commencent pas comme un format admis.
    """
    if octets == 0:
        return VIDE
    if octets > OCTETS_MAXIMUM:
        return TROP_LOURDE
    if entete[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif"):
        return PHOTO_DE_TELEPHONE
    return next((admis for admis in FORMATS if entete.startswith(admis.signature)), FORMAT_INCONNU)


def mois_prouve(sorte: SortePreuve, mois: date | None, *, contrat: Periode, aujourd_hui: date) -> date | Refus | None:
    """Rend le premier jour du mois que la pièce prouve, None pour un contrat, ou le refus.

    `contrat` : ses jours, bornes comprises. Un bulletin d'un mois où la personne n'était pas sous contrat, ou d'un mois qui n'a pas
    commencé, ne prouve rien.
    """
    if sorte in SANS_MOIS:
        return None
    if mois is None:
        return Refus("Choisissez le mois que cette pièce prouve.", "mois_absent")
    periode = mois_de(mois)
    if periode.debut > aujourd_hui:
        return Refus("Ce mois n’a pas commencé\u00a0: sa pièce ne peut pas exister.", "mois_a_venir")
    if not periode.chevauche(contrat):
        return Refus("Ce contrat n’a pas de jour dans ce mois.", "hors_du_contrat")
    return periode.debut


def fin_de_conservation(fin_contrat: date) -> date:
    """Rend le dernier jour, compris, où le fichier se garde : deux ans après la fin du contrat. Ensuite seule sa trace reste.

    Un contrat fini le 31 mars 2026 : le 31 mars 2028. Source : CNIL, délibération 2023-095.
    """
    return ajouter_mois(fin_contrat, CONSERVATION_MOIS)
