"""Importer l'offre d'insertion d'un fichier : lire dans une table de passage, puis échanger d'un coup avec l'offre en service.

Tout se joue dans une transaction : un import arrêté au milieu ne laisse que sa ligne « en cours », que le suivant dit échouée. Un verrou
de la base fait attendre un second import jusqu'à la fin du premier.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from comptes.formats import nombre, quantite
from parcours.models import EtatImport, ImportServices, ServiceInsertion
from parcours.offre.fichier import objets
from parcours.offre.illisible import FichierIllisible, Illisible
from parcours.offre.lecture import concerne, deballer, lire_service, lire_structure
from parcours.offre.valeurs import Cahier
from parcours.services import offre_sql as sql

ECARTS_DETAILLES = 200
SORTES_DE_REMARQUES = 50
VERROU = 20_260_411  # numéro arbitraire : un seul import de services à la fois


class ImportRefuse(ValueError):
    """L'import ne remplace pas l'offre en service. Le texte dit pourquoi et quoi faire."""


@dataclass(slots=True)
class Decompte:
    """Ce qui n'est pas pris : le compte est entier, le détail s'arrête aux premières lignes."""

    lues: int = 0
    ecartees: int = 0
    ecarts: list[dict[str, object]] = field(default_factory=list)
    remarques: Counter[str] = field(default_factory=Counter)
    exemples: dict[str, str] = field(default_factory=dict)

    def ecarter(self, rang: int, identifiant: str, raison: str) -> None:
        self.ecartees += 1
        if len(self.ecarts) < ECARTS_DETAILLES:
            self.ecarts.append({"ligne": rang, "identifiant": identifiant, "raison": raison})

    def remarquer(self, identifiant: str, raison: str) -> None:
        if raison not in self.remarques and len(self.remarques) >= SORTES_DE_REMARQUES:
            raison = "autres raisons"
        self.remarques[raison] += 1
        self.exemples.setdefault(raison, identifiant)

    def ecarter_les_doubles(self, combien: int, premiers: Iterable[tuple[int, str]]) -> None:
        self.ecartees += combien
        for rang, identifiant in premiers:
            self.ecarts.append({"ligne": rang, "identifiant": identifiant, "raison": "il est en double"})
        self.ecarts.sort(key=lambda ecart: ecart["ligne"])
        del self.ecarts[ECARTS_DETAILLES:]

    def noter(self, importation: ImportServices) -> None:
        importation.lignes_lues = self.lues
        importation.lignes_ecartees = self.ecartees
        importation.ecarts = self.ecarts
        importation.remarques = self.remarques_en_json()
        importation.valeurs_ecartees = self.remarques.total()

    def remarques_en_json(self) -> list[dict[str, object]]:
        return [
            {"raison": raison, "nombre": nombre, "exemple": self.exemples[raison]}
            for raison, nombre in self.remarques.most_common()
        ]


def importer_services(
    fichier: Path,
    *,
    aujourd_hui: date,
    departement: str = "",
    structures: Path | None = None,
    accepter_baisse: bool = False,
    attendre: Callable[[], None] = lambda: None,
) -> ImportServices:
    """Remplace l'offre du département, ou de toute la France, par celle du fichier. `attendre` est appelée si un autre import tourne.

    Lève FichierIllisible ou ImportRefuse : l'offre en service n'a alors pas changé, et l'import garde la raison de son échec
    et ce que le fichier avait d'illisible.
    """
    with _seul(attendre):
        _dire_arretes()
        importation = ImportServices.objects.create(departement=departement, fichier=fichier.name[-160:])
        decompte = Decompte()
        try:
            with transaction.atomic():
                _remplacer(importation, decompte, fichier, structures, aujourd_hui, accepter_baisse)
        except (FichierIllisible, ImportRefuse) as raison:
            decompte.noter(importation)
            importation.save()
            _echouer(ImportServices.objects.filter(pk=importation.pk), str(raison))
            raise
    return importation


@contextmanager
def _seul(attendre: Callable[[], None]) -> Iterator[None]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_lock(%s)", [VERROU])
        if not curseur.fetchone()[0]:
            attendre()
            curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
        try:
            yield
        finally:
            curseur.execute("SELECT pg_advisory_unlock(%s)", [VERROU])


def _dire_arretes() -> None:
    """Le verrou est à nous : un import encore « en cours » est celui d'un processus arrêté."""
    arretes = ImportServices.objects.filter(etat=EtatImport.EN_COURS)
    ServiceInsertion.objects.filter(import_services__in=arretes).delete()
    _echouer(arretes, "L’import s’est arrêté avant la fin.")


def _echouer(imports, raison: str) -> None:
    imports.update(etat=EtatImport.ECHEC, motif_echec=raison[:400], fini_le=timezone.now())


def _remplacer(
    importation: ImportServices,
    decompte: Decompte,
    fichier: Path,
    structures: Path | None,
    aujourd_hui: date,
    accepter_baisse: bool,
) -> None:
    with connection.cursor() as curseur:
        sql.ouvrir(curseur)
        if structures is not None:
            sql.copier_structures(curseur, _structures(structures, decompte))
        sql.copier_services(curseur, _services(fichier, importation.departement, decompte, aujourd_hui))
        decompte.ecarter_les_doubles(*sql.doubles(curseur, ECARTS_DETAILLES))
        gardes = sql.verser(curseur, importation.pk)
        _controler(importation, decompte, gardes, accepter_baisse)
        sql.retirer_les_anciens(curseur, importation.pk, importation.departement)
    _mettre_en_service(importation, decompte, gardes)


def _controler(importation: ImportServices, decompte: Decompte, gardes: int, accepter_baisse: bool) -> None:
    """Un fichier vide, coupé ou d'ailleurs ne vide pas l'offre en service."""
    if not gardes:
        ou = f" du département {importation.departement}" if importation.departement else ""
        premier = next(iter(decompte.ecarts), None)
        pourquoi = f" Ligne {nombre(premier['ligne'])}\u00a0: {premier['raison']}." if premier else ""
        raise ImportRefuse(
            f"Ce fichier n’apporte aucun service{ou}\u00a0: l’offre en service n’a pas changé.{pourquoi}"
        )
    en_service = ServiceInsertion.objects.en_service()
    nouveaux = ServiceInsertion.objects.filter(import_services=importation)
    if importation.departement:
        en_service, nouveaux = (lot.filter(departement=importation.departement) for lot in (en_service, nouveaux))
    avant, apres = en_service.count(), nouveaux.count()
    if apres * 2 < avant and not accepter_baisse:
        raise ImportRefuse(
            f"Ce fichier n’apporte que {quantite(apres, 'service')}, contre {quantite(avant, 'service')} en service\u00a0: il est "
            "peut-être coupé. Rien n’a changé\u00a0; --accepter-baisse passe outre."
        )


def _mettre_en_service(importation: ImportServices, decompte: Decompte, gardes: int) -> None:
    remplaces = ImportServices.objects.filter(etat=EtatImport.EN_SERVICE)
    if importation.departement:
        remplaces = remplaces.filter(departement=importation.departement)
    remplaces.update(etat=EtatImport.REMPLACE)
    importation.etat = EtatImport.EN_SERVICE
    decompte.noter(importation)
    importation.services_gardes = gardes
    importation.fini_le = timezone.now()
    importation.save()


def _services(fichier: Path, departement: str, decompte: Decompte, aujourd_hui: date) -> Iterator[tuple[object, ...]]:
    for rang, brut in enumerate(objets(fichier), start=1):
        decompte.lues = rang
        if isinstance(brut, Illisible):
            decompte.ecarter(rang, "", str(brut))
            continue
        ligne = lire_service(deballer(brut), aujourd_hui=aujourd_hui)
        if ligne.service is None:
            if not departement or ligne.departement in ("", departement):
                decompte.ecarter(rang, ligne.identifiant, ligne.raison)
        elif not departement or concerne(ligne.service, departement):
            for raison in ligne.remarques:
                decompte.remarquer(ligne.identifiant, raison)
            yield (rang, *ligne.service.colonnes())


def _structures(fichier: Path, decompte: Decompte) -> Iterator[tuple[object, ...]]:
    for brut in objets(fichier):
        cahier = Cahier()
        structure = lire_structure(brut, cahier) if isinstance(brut, dict) else None
        if structure is None or not structure.identifiant:
            decompte.remarquer("", "structure illisible")
            continue
        for raison in cahier.remarques:
            decompte.remarquer(structure.identifiant, raison)
        yield structure.colonnes()
