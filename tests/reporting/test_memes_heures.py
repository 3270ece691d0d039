"""Un même nombre d'heures validées, partout où il se lit."""

import copy
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from clauses.cumuls import ecarts, recalculer_tous
from clauses.models import (
    ConventionGlobalisation,
    Engagement,
    EtatReleve,
    Imputation,
    Marche,
    NatureHeures,
    Operation,
)
from clauses.services.globalisation import enregistrer_convention, imputer
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from reporting.bilans import contexte_du_bilan, demander_bilan
from tests.fabriques import (
    AffectationFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
)
from tests.lire_html import texte

pytestmark = pytest.mark.django_db
AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
LE_17_NOVEMBRE = date(2026, 11, 17)
LE_17_NOVEMBRE_A_10H = "2026-11-17T10:00:00+01:00"


@pytest.fixture(autouse=True)
def _le_17_novembre():
    with time_machine.travel(LE_17_NOVEMBRE_A_10H, tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """480 h dues. Travail au coefficient 0,8 : 100 h en comptent 80. Formation plafonnée à 20 %, 96 h : 120 h en comptent 96."""
    with time_machine.travel(LE_17_NOVEMBRE_A_10H, tick=False):
        paysage = Paysage()
        paysage.releve.delete()
        Engagement.objects.filter(pk=paysage.engagement.pk).update(heures_dues=Decimal(480))
        changer_regle(
            marche=paysage.marche,
            sections={
                "comptage": {"modes": {"formation": {"plafond_pourcent": "20"}, "directe": {"coefficient": "0.8"}}},
            },
            par=paysage.facilitateur,
        )
        commun = {"affectation": paysage.affectation, "etat": EtatReleve.VALIDE, "saisi_par": paysage.facilitateur}
        ReleveHeuresFactory(mois=AVRIL, heures=Decimal(100), nature=NatureHeures.TRAVAIL, **commun)
        ReleveHeuresFactory(mois=MAI, heures=Decimal(120), nature=NatureHeures.FORMATION, **commun)
        recalculer_tous()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db, client):
    paysage = copy.deepcopy(_paysage_bati)
    client.force_login(paysage.facilitateur)
    return paysage


def lire(client, adresse):
    return texte(client.get(adresse).content.decode())


def total_de_la_grille(client, paysage, mois):
    return total_de(grille_de(client, paysage.operation, mois))


def grille_de(client, operation, mois):
    return client.get(f"{reverse('clauses:heures')}?operation={operation.pk}&mois={mois}").content.decode()


def total_de(grille):
    return re.search(r'id="p-v"[^>]*>([^<]*)<', grille)[1]


def validees_au_bilan(marche, utilisateur):
    bilan = demander_bilan(marche=marche, utilisateur=utilisateur, arrete_au=LE_17_NOVEMBRE, aujourd_hui=LE_17_NOVEMBRE)
    return contexte_du_bilan(bilan)["total"].validees


@pytest.mark.parametrize("mois", ["2026-06", "2026-11"], ids=["mois affichés", "mois d’avant"])
def test_la_grille_l_operation_le_marche_les_lignes_et_le_bilan_disent_176_heures(client, paysage, mois):
    """80 h de travail et 96 h de formation : 176 h partout, que les mois soient affichés ou passés."""
    assert total_de_la_grille(client, paysage, mois) == "176"
    for nom, objet in (("operation_fiche", paysage.operation), ("marche_fiche", paysage.marche)):
        assert "176\u00a0h validées sur 480\u00a0h dues" in lire(client, reverse(f"reporting:{nom}", args=[objet.pk]))
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={paysage.operation.pk}&etat=valide")
    assert re.search(r"176\sh dans 2\slignes", lignes)
    assert validees_au_bilan(paysage.marche, paysage.facilitateur) == Decimal(176)
    assert ecarts() == []


def test_la_case_et_la_ligne_disent_les_deux_nombres(client, paysage):
    """« 120 h déclarées, 96 h comptées : plafond de formation 20 % », sous la ligne, dans les lignes et sur la page de la case."""
    grille = lire(client, f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-06")
    assert "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond de formation 20\u00a0%" in grille
    assert "100\u00a0h déclarées, 80\u00a0h comptées\u00a0: coefficient d’embauche directe 0,8" in grille
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={paysage.operation.pk}")
    assert "Validées\u00a0: 220\u00a0h déclarées, 176\u00a0h comptées." in lignes
    assert "déclarées, 96\u00a0h comptées" in lignes
    formation = paysage.affectation.releves.get(nature=NatureHeures.FORMATION)
    detail = lire(client, reverse("clauses:releve_detail", args=[formation.pk]))
    assert "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond de formation 20\u00a0%" in detail


def test_des_heures_refusees_ne_disent_pas_qu_elles_comptent(client, paysage):
    """Refusées, les 120 h ne se comptent plus : rien ne dit « comptées » à leur sujet."""
    formation = paysage.affectation.releves.get(nature=NatureHeures.FORMATION)
    formation.etat, formation.motif = EtatReleve.REFUSE, "Pas d’attestation"
    formation.save(update_fields=["etat", "motif"])
    recalculer_tous()
    grille = lire(client, f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-06")
    assert "120\u00a0h déclarées" not in grille
    assert total_de_la_grille(client, paysage, "2026-06") == "80"
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={paysage.operation.pk}")
    assert "Validées\u00a0: 100\u00a0h déclarées, 80\u00a0h comptées\u00a0; en tout, 220\u00a0h déclarées." in lignes


# --- avec une convention de globalisation ----------------------------------------------------------------------------


def arrivee(paysage, cas) -> Engagement:
    """L'engagement de la même entreprise qui reçoit 40 des 100 h de travail d'avril ; quelqu'un d'autre y est placé, sans heures."""
    marche = paysage.marche
    if cas != "autre lot":
        operation = paysage.operation
        if cas == "autre opération":
            operation = OperationFactory(structure=paysage.structure, nom="Gymnase du Port")
        marche = MarcheFactory(operation=operation, reference="2026-GYM")
        regle = RegleClauseFactory(marche=marche)
        if cas == "autre opération":
            EligibiliteFactory(operation=operation, beneficiaire=paysage.beneficiaire, regle=regle)
    lot = LotFactory(marche=marche, numero="2")
    engagement = EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=paysage.entreprise))
    AffectationFactory(engagement=engagement)
    return engagement


def globaliser(paysage, engagement) -> Imputation:
    convention = ConventionGlobalisation(
        structure=paysage.structure,
        reference="GLOB-1",
        entreprise=paysage.entreprise,
        date_debut=AVRIL,
        signee_le=date(2026, 3, 28),
    )
    enregistrer_convention(convention=convention, engagements=[paysage.engagement, engagement])
    imputation = imputer(
        convention=convention,
        releve=paysage.affectation.releves.get(mois=AVRIL),
        engagement=engagement,
        heures=Decimal(40),
        par=paysage.facilitateur,
    )
    assert isinstance(imputation, Imputation)
    return imputation


CAS = {
    # 60 h restent, à 0,8 : 48 h, et 96 h de formation ; 40 h partent, à 0,8 dans le même marché (32 h), entières dans un autre.
    "autre lot": ({"Résidence Les Peupliers": "176"}, {"2026-T0001": "176"}, "le lot 1"),
    "autre marché": (
        {"Résidence Les Peupliers": "184"},
        {"2026-T0001": "144", "2026-GYM": "40"},
        "le marché 2026-T0001, lot 1",
    ),
    "autre opération": (
        {"Résidence Les Peupliers": "144", "Gymnase du Port": "40"},
        {"2026-T0001": "144", "2026-GYM": "40"},
        "Résidence Les Peupliers, marché 2026-T0001",
    ),
}


@pytest.mark.parametrize("mois", ["2026-06", "2026-11"], ids=["mois affichés", "mois d’avant"])
@pytest.mark.parametrize("cas", CAS)
def test_avec_une_convention_tout_dit_encore_le_meme_nombre(client, paysage, cas, mois):
    """40 h d'avril comptent ailleurs : grille, fiches, lignes et bilan de chaque côté disent le même nombre."""
    operations, marches, _ = CAS[cas]
    globaliser(paysage, arrivee(paysage, cas))
    for operation in Operation.objects.filter(nom__in=operations):
        attendu = operations[operation.nom]
        assert total_de(grille_de(client, operation, mois)) == attendu
        fiche = lire(client, reverse("reporting:operation_fiche", args=[operation.pk]))
        assert f"{attendu}\u00a0h validées sur" in fiche
        lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={operation.pk}&etat=valide")
        assert re.search(rf"{attendu}\sh dans \d\slignes?", lignes)
    for marche in Marche.objects.filter(reference__in=marches):
        attendu = marches[marche.reference]
        assert f"{attendu}\u00a0h validées sur" in lire(client, reverse("reporting:marche_fiche", args=[marche.pk]))
        assert validees_au_bilan(marche, paysage.facilitateur) == Decimal(attendu)
    assert ecarts() == []


@pytest.mark.parametrize("cas", CAS)
def test_les_heures_recues_ont_leur_ligne_en_lecture_seule(client, paysage, cas):
    """La personne, d'où viennent ses heures, leur case d'avril ; rien à saisir, et chaque total mène aux lignes qui le composent."""
    engagement = arrivee(paysage, cas)
    globaliser(paysage, engagement)
    page = grille_de(client, engagement.titulaire.lot.marche.operation, "2026-06")
    comptees = "32" if cas == "autre lot" else "40"
    [ligne] = re.findall(r'<tr class="ligne ligne-recue">.*?</tr>', page, re.S)
    dite = texte(ligne)
    assert paysage.beneficiaire.nom_complet in dite
    assert f"heures globalisées, exécutées sur {CAS[cas][2]}" in dite
    assert "Avril, " in dite
    assert "<input" not in ligne
    assert "hx-post" not in ligne
    adresse, total = re.search(r'<td class="n"><strong><a href="([^"]+)">([^<]+)</a>', ligne).groups()
    assert total == comptees
    assert re.search(rf"{comptees}\sh dans 1\sligne", lire(client, unescape(adresse)))
    faites = re.search(rf'<a id="v-{paysage.affectation.pk.hex}-t" href="([^"]+)">([^<]+)</a>', page)
    if faites:  # la grille de l'opération où elles sont faites : sa ligne ne mène qu'à celles qui y restent
        assert re.search(rf"{faites[2]}\sh dans 1\sligne", lire(client, unescape(faites[1])))
    groupe = re.search(rf'<a id="g-{engagement.titulaire_id.hex}-v" href="([^"]+)">([^<]+)</a>', page)
    assert groupe[2] == comptees
    assert re.search(rf"{comptees}\sh dans 1\sligne", lire(client, unescape(groupe[1])))
    explication = "40\u00a0h globalisées, 32\u00a0h comptées\u00a0: coefficient d’embauche directe 0,8"
    assert (explication in texte(page)) == (cas == "autre lot")


def test_des_heures_recues_puis_rouvertes_ne_comptent_plus(client, paysage):
    """Le relevé d'origine rouvert : la case reçue dit « rectifié », et plus aucun total ne la compte."""
    engagement = arrivee(paysage, "autre opération")
    imputation = globaliser(paysage, engagement)
    changer_etats(
        releves=[imputation.releve], vers="rectifie", motif="Relevé à revoir", utilisateur=paysage.facilitateur
    )
    page = grille_de(client, engagement.titulaire.lot.marche.operation, "2026-06")
    [ligne] = re.findall(r'<tr class="ligne ligne-recue">.*?</tr>', page, re.S)
    assert "rectifié" in texte(ligne)
    assert total_de(page) == "–"


def test_les_heures_recues_sortent_avec_les_autres(client, paysage):
    """L'export des lignes finit par elles, dans les mêmes colonnes, avec le lieu où elles sont faites."""
    engagement = arrivee(paysage, "autre opération")
    globaliser(paysage, engagement)
    operation = engagement.titulaire.lot.marche.operation
    fichier = client.get(f"{reverse('clauses:releve_liste')}?operation={operation.pk}&export=csv")
    titres, ligne = fichier.content.decode("utf-8-sig").strip().split("\r\n")
    lue = dict(zip(titres.split(";"), ligne.split(";"), strict=True))
    assert lue["Opération"] == "Gymnase du Port"
    assert lue["Heures comptées"] == "40,00"
    assert lue["Exécutées sur"] == "Résidence Les Peupliers, marché 2026-T0001, lot 1"


def test_qui_ne_voit_pas_l_origine_ne_lit_que_des_heures(client, paysage):
    """L'opération d'origine et la personne sont passées à une autre structure : 40 h comptent, sans personne, ni marché, ni lien."""
    engagement = arrivee(paysage, "autre opération")
    globaliser(paysage, engagement)
    Operation.objects.filter(pk=paysage.operation.pk).update(structure=paysage.autre_structure)
    Beneficiaire.objects.filter(pk=paysage.beneficiaire.pk).update(structure=paysage.autre_structure)
    operation = engagement.titulaire.lot.marche.operation
    page = grille_de(client, operation, "2026-06")
    [ligne] = re.findall(r'<tr class="ligne ligne-recue">.*?</tr>', page, re.S)
    assert "Heures globalisées exécutées sur un autre marché" in " ".join(texte(ligne).split())
    assert "<a " not in ligne
    assert total_de(page) == "40"
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={operation.pk}&etat=valide")
    assert "40\u00a0h viennent de marchés que vous ne suivez pas" in lignes
    for ecran in (texte(page), lignes):
        assert paysage.beneficiaire.nom_naissance not in ecran
        assert "Peupliers" not in ecran
        assert "2026-T0001" not in ecran


@pytest.mark.parametrize(("compte", "voit"), [("compte_entreprise", True), ("autre_compte_entreprise", False)])
def test_l_entreprise_ne_lit_que_les_heures_de_sa_convention(client, paysage, compte, voit):
    """Celle de la convention, qui emploie la personne, les lit ; une autre, présente sur le même lot, n'en sait rien."""
    engagement = arrivee(paysage, "autre opération")
    globaliser(paysage, engagement)
    lot = engagement.titulaire.lot
    EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=paysage.autre_entreprise))
    client.force_login(getattr(paysage, compte))
    page = grille_de(client, lot.marche.operation, "2026-06")
    assert (paysage.beneficiaire.nom_complet in texte(page)) == voit
    assert ("heures globalisées" in page) == voit
    lignes = lire(client, f"{reverse('clauses:releve_liste')}?operation={lot.marche.operation.pk}")
    assert ("reçues par convention" in lignes) == voit
