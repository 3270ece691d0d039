"""Les règles toutes prêtes d'une structure : les enregistrer depuis un marché, les appliquer à un autre.

Un modèle garde les colonnes et les sections de la règle. L'article et la rédaction restent au marché : ils sont dans ses pièces.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.heures_dues import parametres_heures_dues
from clauses.models import Marche, ModeleRegle, RegleClause
from clauses.regles.heures_dues import controler_base_du_prorata
from clauses.regles.parametres import LIBELLES_MODELES, PRESETS, ParametresRegle
from clauses.regles.section_eligibilite import COLONNES_DE_PARAMETRES, controler_regle
from clauses.services.controles import parametres_controles, reexaminer_les_ouvertes
from clauses.services.engagements import accorder_les_arrondis
from clauses.services.faits import faits_du_marche
from clauses.services.marches import CHAMPS_DE_REGLE, changer_regle, regle_courante, regle_de_depart
from comptes.ecriture import enregistrer
from comptes.models import Organisation, Utilisateur

# Propres aux pièces d'un marché : un modèle ne les emporte pas.
SECTIONS_DU_MARCHE = ("citations",)
COLONNES_DU_MODELE = tuple(champ for champ in CHAMPS_DE_REGLE if champ != "texte")


def valeurs_de(regle: RegleClause) -> dict[str, Any]:
    """Rend ce qu'un modèle garde d'une règle : ses colonnes, les nombres en texte, et ses sections."""
    colonnes = {champ: getattr(regle, champ) for champ in COLONNES_DU_MODELE}
    return {
        "colonnes": {champ: str(v) if isinstance(v, Decimal) else v for champ, v in colonnes.items()},
        "options": {nom: section for nom, section in regle.options.items() if nom not in SECTIONS_DU_MARCHE},
    }


def modeles_livres() -> list[ModeleRegle]:
    """Rend les trois lectures de la fiche A3 comme des modèles, sans les enregistrer ; les situations acceptées restent."""
    return [
        ModeleRegle(
            nom=libelle,
            valeurs={
                "livre": code,
                "colonnes": {nom: getattr(PRESETS[code], nom) for nom in COLONNES_DE_PARAMETRES if nom != "criteres"}
                | {"modele": code},
                "options": {"eligibilite": {}},
            },
        )
        for code, libelle in LIBELLES_MODELES.items()
    ]


def trouver_modele(utilisateur: Utilisateur, cle: str) -> ModeleRegle | None:
    """Rend le modèle que nomme cette clé : « I1 », « I2 », « I3 », ou l'identifiant d'un modèle de la structure."""
    livre = next((modele for modele in modeles_livres() if modele.valeurs["livre"] == cle), None)
    if livre is not None:
        return livre
    return next((m for m in ModeleRegle.objects.pour(utilisateur) if str(m.pk) == cle), None)


def cle_de(modele: ModeleRegle) -> str:
    """Rend ce qui nomme un modèle dans une adresse."""
    return str(modele.valeurs.get("livre") or modele.pk)


def regle_du_modele(modele: ModeleRegle, marche: Marche) -> RegleClause:
    """Rend, sans l'enregistrer, la règle qu'aurait ce marché avec ce modèle : ses citations et son texte restent."""
    actuelle = regle_courante(marche) or regle_de_depart(marche, None)
    valeurs = {champ: getattr(actuelle, champ) for champ in CHAMPS_DE_REGLE} | _colonnes(modele)
    regle = RegleClause(marche=marche, version=actuelle.version, **valeurs)
    regle.options = actuelle.options | _sections(modele, actuelle)
    return regle


def parametres_du_modele(modele: ModeleRegle, marche: Marche) -> ParametresRegle:
    """Rend la règle de ce modèle en valeurs, avec les dates et l'article de ce marché."""
    return regle_du_modele(modele, marche).parametres


@transaction.atomic
def enregistrer_modele(
    *, marche: Marche, structure: Organisation, nom: str, description: str = "", par: Utilisateur
) -> ModeleRegle:
    """Garde la règle en vigueur de ce marché comme modèle de la structure. Lève ValidationError si le nom est pris."""
    regle = regle_courante(marche)
    if regle is None:
        raise ValidationError("Ce marché n’a pas encore de règle.")
    modele = ModeleRegle(structure=structure, nom=nom, description=description, valeurs=valeurs_de(regle), cree_par=par)
    enregistrer(modele)
    return modele


def controler_application(*, modele: ModeleRegle, marche: Marche) -> list[str]:
    """Rend les phrases qui empêchent ce modèle d'aller à ce marché : une date à compléter, d'abord."""
    regle = regle_du_modele(modele, marche)
    trouvees = controler_regle(regle.parametres, faits_du_marche(marche))
    if refus := controler_base_du_prorata(parametres_heures_dues(regle).regle_avenant, marche.montant_ht_euros):
        trouvees.append(refus)
    return [contradiction.phrase for contradiction in trouvees]


@transaction.atomic
def appliquer_modele(*, modele: ModeleRegle, marche: Marche, par: Utilisateur, aujourd_hui: date) -> RegleClause:
    """Recopie le modèle dans la règle du marché, avec ses suites : arrondis refaits, lignes ouvertes réexaminées.

    Changer le modèle ensuite n'y touche plus. Lève ValidationError, phrase par phrase, si le modèle ne va pas à ce marché.
    """
    if phrases := controler_application(modele=modele, marche=marche):
        raise ValidationError(phrases)
    actuelle = regle_courante(marche)
    sections = _sections(modele, actuelle) if actuelle else dict(modele.valeurs.get("options", {}))
    regle = changer_regle(marche=marche, valeurs=_colonnes(modele), sections=sections, par=par)
    accorder_les_arrondis(marche, par=par)
    if parametres_controles(actuelle) != parametres_controles(regle):
        reexaminer_les_ouvertes(marche=marche, par=par, aujourd_hui=aujourd_hui)
    return regle


def _colonnes(modele: ModeleRegle) -> dict[str, Any]:
    """Les colonnes du modèle, relues avec le type de leur champ."""
    return {
        nom: RegleClause._meta.get_field(nom).to_python(valeur)
        for nom, valeur in modele.valeurs.get("colonnes", {}).items()
        if nom in COLONNES_DU_MODELE
    }


def _sections(modele: ModeleRegle, regle: RegleClause) -> dict[str, Mapping[str, Any]]:
    """Les sections du modèle. Un modèle livré ne parle que d'éligibilité ; celui d'une structure vide ce qu'il ne dit pas."""
    voulues = dict(modele.valeurs.get("options", {}))
    if "livre" in modele.valeurs:
        return voulues
    absentes = [nom for nom in regle.options if nom not in voulues and nom not in SECTIONS_DU_MARCHE]
    return voulues | {nom: {} for nom in absentes}
