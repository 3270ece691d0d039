"""L'import d'un fichier DECP : ce qui est créé, ce qui ne l'est qu'une fois, ce qu'un fichier plus récent ajoute."""

import copy
import json
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clauses.decp import lire
from clauses.models import Avenant, Lot, Marche, Operation, RegleClause, RoleTitulaire, Titulaire, TypeClause
from clauses.services.avenants import enregistrer_avenant
from clauses.services.decp import Choix, Issue, Seance, importer
from clauses.services.decp_plan import Statut, planifier
from clauses.services.fins import fin_de, modifier_marche
from comptes.models import Categorie, Organisation, Profil
from config.coherence import tous_les_ecarts
from tests.decp import ABIME, contenu
from tests.fabriques import (
    AcheteurFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db

AUJOURD_HUI = date(2026, 11, 23)
SAULES = "Réhabilitation de la résidence Les Saules, lot gros œuvre"
ACHETEUR, MANDATAIRE, COTRAITANT, SOUS_TRAITANT = (
    "99900101900010",
    "99910101700013",
    "99910202300010",
    "99910303900015",
)


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def seance(structure):
    return Seance(structure, creer_utilisateur(structure), AUJOURD_HUI)


def marches_de(donnees: dict) -> list:
    return lire(json.dumps(donnees).encode(), aujourd_hui=AUJOURD_HUI).marches


def importer_tout(seance, donnees: dict) -> list:
    return importer([Choix(marche) for marche in marches_de(donnees)], seance=seance)


def etat_de_la_base() -> dict[str, int]:
    """Les lignes de chaque table, journal des changements compris."""
    modeles = [m for m in apps.get_models() if m._meta.app_label in {"comptes", "clauses"}]
    return {modele._meta.label: modele.objects.count() for modele in modeles}


def plus_recent() -> dict:
    """Le même fichier, publié plus tard : un avenant et un acte de sous-traitance de plus."""
    donnees = contenu()
    marche = donnees["marches"]["marche"][0]
    avenant = {"id": 2, "montant": 1400000, "dureeMois": 24, "dateNotificationModification": "2026-10-01"}
    acte = {"id": 2, "sousTraitant": {"id": "99910404500011", "typeIdentifiant": "SIRET"}, "montant": 10}
    marche["modifications"].append({"modification": avenant})
    marche["actesSousTraitance"].append({"acteSousTraitance": acte})
    return donnees


def test_un_marche_publie_devient_operation_marche_lot_et_entreprises(seance):
    """Tout ce que le fichier dit est à sa place : dates, montant, clause, CCAG, groupement, sous-traitant, avenant."""
    assert [r.issue for r in importer_tout(seance, contenu())] == [Issue.CREE] * 4
    marche = Marche.objects.get(reference="2026-A017")
    assert marche.cle_decp == f"{ACHETEUR}-2026-A017"
    assert (marche.type_clause, marche.base_juridique, marche.ccag) == ("execution_critere", "L2112-2", "travaux")
    assert (marche.date_notification, marche.date_debut, marche.date_fin) == (
        date(2026, 2, 16),
        date(2026, 2, 16),
        date(2027, 11, 15),  # 21 mois : l'avenant 1 a porté la durée de 18 à 21
    )
    assert marche.date_attribution is None
    assert (marche.montant_ht_euros, marche.code_cpv) == (Decimal("1250000.50"), "45210000-2")
    assert marche.technique == "Accord-cadre, tranches, bons de commande (2025-AC03)"
    operation = marche.operation
    assert (operation.nom, operation.structure, operation.maitre_ouvrage) == (SAULES, seance.structure, marche.acheteur)
    assert (operation.date_debut, operation.date_fin) == (date(2026, 2, 16), date(2027, 11, 15))
    assert (operation.commune, operation.code_postal) == ("Code postal 69009", "69009")
    lot = marche.lots.get()
    assert (lot.numero, lot.montant_ht_euros) == ("1", marche.montant_ht_euros)
    roles = {t.role: t.entreprise.siret for t in lot.titulaires.select_related("entreprise")}
    assert roles == {
        RoleTitulaire.MANDATAIRE: MANDATAIRE,
        RoleTitulaire.COTRAITANT: COTRAITANT,
        RoleTitulaire.SOUS_TRAITANT: SOUS_TRAITANT,
    }
    avenant = marche.avenants.get()
    assert (avenant.numero, avenant.date_notification, avenant.duree_mois) == (1, date(2026, 6, 15), 21)
    assert (avenant.montant_ht_euros, avenant.engagement, avenant.heures_apres) == (Decimal(1310000), None, None)


def test_un_marche_importe_nait_avec_sa_regle(seance):
    """La même que celle d'un marché saisi : 24 mois, à l'attribution, tous les critères du CCAG."""
    importer_tout(seance, contenu())
    regle = Marche.objects.get(reference="2026-A017").regles.get()
    assert (regle.version, regle.est_courante, regle.duree_mois, regle.cree_par) == (1, True, 24, seance.auteur)
    assert "RSA" in regle.criteres
    assert RegleClause.objects.count() == 4


def test_acheteurs_et_entreprises_inconnus_entrent_a_l_annuaire(seance):
    """Leur nom n'est pas publié : le SIRET en tient lieu, une seule fois par profil."""
    connue = EntrepriseFactory(nom="Maçonnerie du Confluent", siret=MANDATAIRE)
    importer_tout(seance, contenu())
    acheteur = Organisation.objects.get(siret=ACHETEUR)
    assert (acheteur.nom, acheteur.profil, acheteur.categorie) == (
        "Acheteur SIRET 999\u00a0001\u00a0019\u00a000010",
        Profil.ACHETEUR,
        Categorie.AUTRE_PUBLIC,
    )
    assert Titulaire.objects.get(role=RoleTitulaire.MANDATAIRE).entreprise == connue
    assert Organisation.objects.filter(siret=COTRAITANT).count() == 1


def test_un_siret_faux_reconnait_l_entreprise_sans_s_enregistrer(seance):
    """L'entreprise existe sans SIRET, son nom garde ce qui est publié ; au second marché, c'est la même."""
    donnees = contenu("sale.json")
    importer_tout(seance, donnees)
    faux = Titulaire.objects.get(lot__marche__reference="SIRET6").entreprise
    assert (faux.nom, faux.siret) == ("Entreprise SIRET 214356", "")
    autre = copy.deepcopy(donnees["marches"]["marche"][4]) | {"id": "SIRET6BIS"}
    importer_tout(seance, {"marches": [autre]})
    assert Titulaire.objects.get(lot__marche__reference="SIRET6BIS").entreprise == faux
    hors_siret = Titulaire.objects.get(lot__marche__reference="TVA").entreprise
    assert hors_siret.nom == "Entreprise TVA FR40123456824"


@pytest.mark.parametrize(
    ("considerations", "type_clause", "base"),
    [
        (["Clause sociale"], TypeClause.EXECUTION, "L2112-2"),
        (["Clause sociale", "Critère social"], TypeClause.EXECUTION_CRITERE, "L2112-2"),
        (["Critère social"], TypeClause.CRITERE, "R2152-7"),
        (["Marché réservé"], TypeClause.RESERVE_MIXTE, "L2113-14"),
        (["Pas de considération sociale"], TypeClause.EXECUTION, "L2112-2"),
    ],
)
def test_les_considerations_donnent_le_type_de_clause(seance, considerations, type_clause, base):
    """Clause, critère ou marché réservé : chacun son type et son texte."""
    marche = contenu()["marches"]["marche"][1] | {"considerationsSociales": {"considerationSociale": considerations}}
    importer_tout(seance, {"marches": [marche]})
    assert Marche.objects.values_list("type_clause", "base_juridique").get() == (type_clause, base)


def test_une_concession_garde_ses_dates_et_son_texte(seance):
    """Signature, début d'exécution et article des concessions."""
    importer_tout(seance, contenu())
    marche = Marche.objects.get(reference="2026-DSP1")
    assert (marche.date_attribution, marche.date_debut, marche.date_fin) == (
        date(2026, 3, 30),
        date(2026, 5, 1),
        date(2031, 4, 30),
    )
    assert (marche.base_juridique, marche.montant_ht_euros) == ("L3114-2", 4_200_000)


def test_le_meme_fichier_deux_fois_ne_change_rien(seance):
    """Ni ligne de plus, ni ligne au journal des changements, avec tous les champs d'avant."""
    for nom in ("imbrique.json", "plat.json", "sale.json"):
        importer_tout(seance, contenu(nom))
    avant = etat_de_la_base()
    champs = list(Marche.objects.order_by("pk").values())
    encore = Seance(seance.structure, seance.auteur, AUJOURD_HUI)
    for nom in ("imbrique.json", "plat.json", "sale.json"):
        assert {r.issue for r in importer_tout(encore, contenu(nom))} == {Issue.INCHANGE}
    assert etat_de_la_base() == avant
    assert list(Marche.objects.order_by("pk").values()) == champs


def test_un_fichier_plus_recent_n_ajoute_que_le_nouveau(seance):
    """Un avenant et un sous-traitant de plus, dits ; le reste n'est pas touché."""
    importer_tout(seance, contenu())
    avant = Marche.objects.values().get(reference="2026-A017")
    resultats = {r.marche.reference: r for r in importer_tout(seance, plus_recent())}
    assert resultats["2026-A017"].issue == Issue.COMPLETE
    assert resultats["2026-A017"].phrases[0] == "Ajoutés\u00a0: un\u00a0sous-traitant et un\u00a0avenant."
    assert resultats["2026-A017"].phrases[1] == (
        "L’avenant 2 porte la durée à 24\u00a0mois\u00a0: la fin du marché passe du 15 novembre 2027 au 15 février 2028."
    )
    assert resultats["2026-N004"].issue == Issue.INCHANGE
    marche = Marche.objects.get(reference="2026-A017")
    assert Marche.objects.values().get(pk=marche.pk) == avant | {"date_fin": date(2028, 2, 15)}
    assert marche.operation.date_fin == date(2028, 2, 15)
    assert list(marche.avenants.values_list("numero", flat=True)) == [1, 2]
    assert Titulaire.objects.filter(lot__marche=marche, role=RoleTitulaire.SOUS_TRAITANT).count() == 2
    fige = etat_de_la_base()
    importer_tout(seance, plus_recent())
    assert etat_de_la_base() == fige


def test_un_import_et_un_avenant_saisi_donnent_la_meme_fin(seance):
    """18 mois au départ, 21 par l'avenant 1, 24 par le 2 : la même règle, et la même copie vérifiée."""
    importer_tout(seance, plus_recent())
    marche = Marche.objects.get(reference="2026-A017")
    assert (marche.date_fin_initiale, marche.date_fin) == (date(2027, 8, 15), date(2028, 2, 15))
    assert [etape.phrase for etape in fin_de(marche).etapes] == [
        "fin 15/08/2027 → 15/11/2027, avenant 1, 15/06/2026",
        "fin 15/11/2027 → 15/02/2028, avenant 2, 01/10/2026",
    ]
    avenant = Avenant(marche=marche, numero=3, date_notification=date(2026, 11, 2), duree_mois=30)
    enregistrer_avenant(avenant=avenant, heures={}, par=seance.auteur)
    marche.refresh_from_db()
    assert marche.date_fin == date(2028, 8, 15)
    assert [str(ecart) for ecart in tous_les_ecarts()] == []


def test_une_fin_ecrite_sur_la_fiche_reste_malgre_un_avenant_importe(seance):
    """Le facilitateur a écrit le 31 décembre 2027 : l'avenant s'ajoute, la fin reste, et l'import le dit."""
    importer_tout(seance, contenu())
    marche = Marche.objects.get(reference="2026-A017")
    marche.date_fin = date(2027, 12, 31)
    modifier_marche(marche=marche, fin_changee=True)
    resultats = {r.marche.reference: r for r in importer_tout(seance, plus_recent())}
    assert resultats["2026-A017"].phrases[1] == (
        "L’avenant 2 porte la durée à 24\u00a0mois\u00a0: la fin écrite sur la fiche, le 31 décembre 2027, l’emporte."
    )
    marche.refresh_from_db()
    assert (marche.date_fin, marche.avenants.count()) == (date(2027, 12, 31), 2)


@pytest.mark.parametrize("jour", ["2026-02-15", "2026-12-31"])
def test_la_duree_d_un_avenant_a_la_date_douteuse_n_est_pas_reprise(seance, jour):
    """Avant le marché, ou à venir : l'avenant est gardé, sa durée dite dans l'objet, la fin ne bouge pas."""
    importer_tout(seance, contenu())
    donnees = plus_recent()
    donnees["marches"]["marche"][0]["modifications"][-1]["modification"]["dateNotificationModification"] = jour
    resultats = {r.marche.reference: r for r in importer_tout(seance, donnees)}
    assert "sa date est à vérifier\u00a0: la fin du marché ne bouge pas." in resultats["2026-A017"].phrases[1]
    marche = Marche.objects.get(reference="2026-A017")
    avenant = marche.avenants.get(numero=2)
    assert (marche.date_fin, avenant.duree_mois) == (date(2027, 11, 15), None)
    assert avenant.objet == "Durée publiée\u00a0: 24\u00a0mois, date à vérifier"


def test_ce_que_le_facilitateur_a_change_reste(seance):
    """Nom, dates, entreprise renommée, avenant corrigé ou supprimé : le même fichier n'y revient pas."""
    importer_tout(seance, contenu())
    marche = Marche.objects.get(reference="2026-A017")
    Operation.objects.filter(pk=marche.operation_id).update(nom="Les Saules", commune="Villerive")
    Marche.objects.filter(pk=marche.pk).update(montant_ht_euros=1, date_fin=date(2028, 1, 1), reference="A017")
    Organisation.objects.filter(siret=SOUS_TRAITANT).update(siret="", nom="Électricité du Pont")
    marche.avenants.all().delete()
    avant = etat_de_la_base()
    assert {r.issue for r in importer_tout(seance, contenu())} == {Issue.INCHANGE}
    assert etat_de_la_base() == avant
    marche.refresh_from_db()
    assert (marche.montant_ht_euros, marche.reference, marche.operation.nom) == (1, "A017", "Les Saules")


def test_une_sous_traitance_sans_lot_certain_est_laissee_au_facilitateur(seance):
    """Le marché a maintenant deux lots : le fichier ne dit pas lequel, l'import le dit."""
    importer_tout(seance, contenu())
    LotFactory(marche=Marche.objects.get(reference="2026-A017"), numero="2")
    [resultat, *_] = importer_tout(seance, plus_recent())
    assert resultat.issue == Issue.COMPLETE
    assert any("sous-traitance à inscrire vous-même, le marché a deux lots" in phrase for phrase in resultat.phrases)
    assert Titulaire.objects.filter(role=RoleTitulaire.SOUS_TRAITANT).count() == 1


def test_un_marche_saisi_a_la_main_est_reconnu(seance):
    """Même SIRET d'acheteur, même référence : on complète le marché saisi, sans en créer un second."""
    acheteur = AcheteurFactory(siret=ACHETEUR)
    operation = OperationFactory(structure=seance.structure, maitre_ouvrage=acheteur)
    saisi = MarcheFactory(operation=operation, reference="2026-N004", montant_ht_euros=5)
    plans, _ = planifier(marches_de(contenu()), structure=seance.structure)
    assert [p.statut for p in plans] == [Statut.NOUVEAU, Statut.RIEN_DE_NEUF, Statut.NOUVEAU, Statut.NOUVEAU]
    importer_tout(seance, contenu())
    assert Marche.objects.filter(reference="2026-N004").get() == saisi
    saisi.refresh_from_db()
    assert saisi.montant_ht_euros == 5


def test_un_homonyme_sans_siret_est_signale(seance):
    """Même référence chez un acheteur sans SIRET : rien ne prouve que c'est le même, le facilitateur en juge."""
    operation = OperationFactory(structure=seance.structure, maitre_ouvrage__nom="Mairie de Villerive")
    MarcheFactory(operation=operation, reference="2026-N004")
    plan = planifier(marches_de(contenu()), structure=seance.structure)[0][1]
    assert plan.statut == Statut.NOUVEAU and plan.a_un_homonyme
    assert "déjà saisi, pour Mairie de Villerive, sans SIRET" in plan.remarques[0]


def test_deux_structures_importent_chacune_le_leur(seance):
    """Le marché d'une autre structure n'est ni vu ni touché ; acheteurs et entreprises, eux, sont communs."""
    importer_tout(seance, contenu())
    organisations = Organisation.objects.exclude(profil=Profil.FACILITATEUR).count()
    autre = Seance(StructureFactory(), None, AUJOURD_HUI)
    assert {r.issue for r in importer_tout(autre, contenu())} == {Issue.CREE}
    assert Marche.objects.filter(reference="2026-A017").count() == 2
    assert Organisation.objects.exclude(profil=Profil.FACILITATEUR).count() == organisations


def test_un_marche_va_dans_l_operation_choisie(seance):
    """L'opération choisie le reçoit telle qu'elle est."""
    operation = OperationFactory(structure=seance.structure, date_fin=date(2026, 12, 31))
    marche = marches_de(contenu())[0]
    importer([Choix(marche, operation)], seance=seance)
    operation.refresh_from_db()
    assert Marche.objects.get().operation == operation
    assert operation.date_fin == date(2026, 12, 31)


def test_le_meme_nom_reunit_les_marches_d_un_acheteur(seance):
    """Deux lots publiés à part, un seul nom : une opération, qui va du premier début à la dernière fin."""
    saules, nettoyage, fournitures, concession = marches_de(contenu())
    un_nom = "Résidence Les Saules"
    importer([Choix(saules, None, un_nom), Choix(nettoyage, None, un_nom.upper())], seance=seance)
    importer([Choix(fournitures, None, un_nom), Choix(concession, None, un_nom)], seance=seance)
    ensemble, autre_acheteur = Operation.objects.order_by("date_debut")
    assert ensemble.marches.count() == 3
    assert (ensemble.date_debut, ensemble.date_fin) == (date(2026, 1, 5), date(2028, 1, 11))
    assert autre_acheteur.marches.get().reference == "2026-DSP1"


def test_un_marche_refuse_n_emporte_pas_les_autres(seance):
    """La référence est déjà prise dans l'opération choisie : celui-là est refusé en une phrase, l'autre passe."""
    acheteur = Organisation.objects.create(nom="Ville", profil=Profil.ACHETEUR, categorie=Categorie.COLLECTIVITE)
    operation = OperationFactory(structure=seance.structure, maitre_ouvrage=acheteur)
    MarcheFactory(operation=operation, reference="2026-A017")
    Organisation.objects.filter(pk=acheteur.pk).update(nom="Acheteur SIRET 12")
    donnees = contenu()
    for marche in donnees["marches"]["marche"]:
        marche["acheteur"]["id"] = "12"
    saules, nettoyage, *_ = marches_de(donnees)
    refuse, passe = importer([Choix(saules, operation), Choix(nettoyage)], seance=seance)
    assert (refuse.issue, passe.issue) == (Issue.REFUSE, Issue.CREE)
    assert refuse.phrases == ("Cette opération a déjà un marché de cet acheteur sous cette référence.",)
    assert set(Marche.objects.values_list("reference", flat=True)) == {"2026-A017", "2026-N004"}


def test_un_marche_sans_date_ni_lieu_s_importe(seance):
    """L'opération a besoin d'un début et d'une commune : la publication, puis « À compléter »."""
    importer_tout(seance, contenu("sale.json"))
    sans_date = Marche.objects.get(reference="DATE")
    assert (sans_date.date_notification, sans_date.date_debut, sans_date.date_fin) == (None, None, None)
    assert sans_date.operation.date_debut == date(2026, 1, 20)
    assert Marche.objects.get(reference="VIDES").operation.commune == "À compléter"
    assert Lot.objects.get(marche__reference="TITULAIRE").titulaires.count() == 0
    assert Avenant.objects.get(marche__reference="FUTUR").date_notification == date(2031, 3, 3)


def test_une_entreprise_n_est_inscrite_qu_une_fois_sur_un_lot(seance):
    """Titulaire et sous-traitante à la fois, ou sous-traitante par deux actes : une inscription, et c'est dit."""
    donnees = contenu()
    marche = donnees["marches"]["marche"][0]
    for numero, siret in ((2, MANDATAIRE), (3, SOUS_TRAITANT)):
        marche["actesSousTraitance"].append({"id": numero, "sousTraitant": {"id": siret, "typeIdentifiant": "SIRET"}})
    [resultat, *_] = importer_tout(seance, donnees)
    assert Titulaire.objects.filter(lot__marche=resultat.marche).count() == 3
    assert sum("n’est inscrite qu’une fois" in phrase for phrase in resultat.phrases) == 2


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_marches(seance, nombre_de_requetes):
    """Un marché ou quarante : autant de requêtes."""

    def requetes(lot: str, n: int) -> int:
        modele = contenu()["marches"]["marche"][0]
        marches = [copy.deepcopy(modele) | {"id": f"{lot}{i}", "objet": f"Travaux {lot} {i}"} for i in range(n)]
        lus = marches_de({"marches": marches})
        with nombre_de_requetes() as faites:
            importer([Choix(lu) for lu in lus], seance=Seance(seance.structure, None, AUJOURD_HUI))
        return len(faites)

    requetes("chauffe", 1)
    assert requetes("a", 40) == requetes("b", 1) < 25


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ABIME, min_size=1, max_size=3))
def test_un_marche_abime_s_importe_ou_se_refuse(seance, marches):
    """Des champs remplacés par n'importe quoi : ce qui se lit s'importe, et le même fichier n'ajoute plus rien."""
    with transaction.atomic():
        lus = marches_de({"marches": marches})
        issues = [r.issue for r in importer([Choix(lu) for lu in lus], seance=seance)]
        assert set(issues) <= {Issue.CREE}
        encore = Seance(seance.structure, seance.auteur, AUJOURD_HUI)
        assert {r.issue for r in importer([Choix(lu) for lu in lus], seance=encore)} <= {Issue.INCHANGE}
        seance.operations.clear()
        transaction.set_rollback(True)
