"""La bibliothèque telle qu'on la lit : la version courante de chaque rédaction, remplie de ce que l'on sait du marché."""

from collections.abc import Mapping
from dataclasses import dataclass

from clauses.models import ProjetMarche, VersionClause
from clauses.regles.clausier import ARTICLES_CCAG, Morceau, Redaction, en_texte, nom_de_version, remplir
from clauses.regles.clausier_textes import PAR_CODE, redactions_pour
from comptes.formats import heures, telephone
from comptes.models import Organisation


@dataclass(frozen=True)
class ClauseCourante:
    """Une rédaction à sa dernière version ; `version` : None tant que la structure n'a pas publié la sienne."""

    redaction: Redaction
    version: VersionClause | None
    morceaux: tuple[Morceau, ...] = ()

    @property
    def numero(self) -> int:
        return self.version.numero if self.version else 0

    @property
    def titre(self) -> str:
        return self.version.titre if self.version else self.redaction.titre

    @property
    def texte(self) -> str:
        return self.version.texte if self.version else self.redaction.texte

    @property
    def nom_de_version(self) -> str:
        return nom_de_version(self.numero)

    @property
    def manque(self) -> bool:
        return any(morceau.manque for morceau in self.morceaux)

    @property
    def rempli(self) -> str:
        return en_texte(self.morceaux)


def bibliotheque(
    *, ccag: str, structure: Organisation | None, valeurs: Mapping[str, str] | None = None
) -> list[ClauseCourante]:
    """Rend les rédactions de ce CCAG, à la version de cette structure, remplies. Une requête."""
    versions = {version.code: version for version in VersionClause.objects.courantes(structure)} if structure else {}
    return [_courante(redaction, versions.get(redaction.code), valeurs or {}) for redaction in redactions_pour(ccag)]


def clause_courante(code: str, structure: Organisation | None) -> ClauseCourante:
    """Rend une rédaction à sa dernière version. KeyError si le produit n'a pas cette rédaction."""
    version = VersionClause.objects.courantes(structure).filter(code=code).first() if structure else None
    return _courante(PAR_CODE[code], version, {})


def _courante(redaction: Redaction, version: VersionClause | None, valeurs: Mapping[str, str]) -> ClauseCourante:
    texte = version.texte if version else redaction.texte
    return ClauseCourante(redaction, version, remplir(texte, valeurs))


def valeurs_de_la_structure(structure: Organisation | None, ccag: str) -> dict[str, str]:
    """Ce que l'on sait sans marché : le facilitateur, ses coordonnées, l'article du CCAG."""
    valeurs = {"article_ccag": ARTICLES_CCAG[ccag]}
    if structure is not None:
        valeurs |= {"facilitateur": structure.nom, "contact": coordonnees(structure)}
    return valeurs


def valeurs_du_projet(projet: ProjetMarche, ccag: str, heures_conseillees: str = "") -> dict[str, str]:
    """Ce que l'on sait d'un marché à venir. Les heures sont celles du dernier avis ; à défaut, celles du calibrage."""
    avis = projet.avis.first()
    return {
        **valeurs_de_la_structure(projet.structure, ccag),
        "acheteur": projet.acheteur.nom,
        "operation": f"«\u00a0{projet.objet}\u00a0»",
        "lots": ", ".join(ligne.strip() for ligne in projet.lots_envisages.splitlines() if ligne.strip()),
        "duree": f"{projet.duree_mois}\u00a0mois",
        "heures": heures(avis.heures) if avis and avis.heures else heures_conseillees,
    }


def coordonnees(structure: Organisation) -> str:
    lieu = " ".join(mot for mot in (structure.adresse, structure.code_postal, structure.commune) if mot)
    numero = telephone(structure.telephone) if structure.telephone else ""
    return ", ".join(mot for mot in (lieu, numero, structure.courriel) if mot)
