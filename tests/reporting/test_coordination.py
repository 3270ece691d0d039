"""La coordination : des totaux, un fichier, et rien d'une personne."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from python_calamine import CalamineWorkbook

from clauses.cumuls import recalculer_tous
from clauses.models import EtatReleve
from comptes.models import Adhesion, Invitation, Role
from reporting.models import Alerte
from tests.fabriques import (
    AUJOURD_HUI,
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    PrescripteurFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)
from tests.lire_html import texte
from tests.test_fuites import lire

TOTAUX = reverse("reporting:totaux")


@pytest.fixture(autouse=True)
def _le_17_novembre_2026():
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield


@pytest.fixture
def coordinatrice(chantier, client):
    compte = creer_utilisateur(chantier.structure, role=Role.COORDINATION)
    client.force_login(compte)
    return compte


def operation_de(structure, acheteur, nom: str, heures_de: list[int]):
    """Une opération de 500 h, avec une personne par nombre d'heures validées en mai 2026."""
    operation = OperationFactory(structure=structure, maitre_ouvrage=acheteur, nom=nom, date_debut=date(2026, 1, 5))
    marche = MarcheFactory(operation=operation)
    regle = RegleClauseFactory(marche=marche)
    engagement = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=marche)),
        heures_initiales=Decimal(500),
        heures_dues=Decimal(500),
    )
    for heures in heures_de:
        personne = BeneficiaireFactory(structure=structure)
        affectation = AffectationFactory(
            contrat=ContratFactory(beneficiaire=personne),
            engagement=engagement,
            eligibilite=EligibiliteFactory(operation=operation, beneficiaire=personne, regle=regle),
        )
        ReleveHeuresFactory(
            affectation=affectation, mois=date(2026, 5, 1), heures=Decimal(heures), etat=EtatReleve.VALIDE
        )
    recalculer_tous()
    return operation


def lignes_du_classeur(reponse) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(reponse.content)).get_sheet_by_index(0).to_python()


def test_l_accueil_est_la_page_des_totaux(client, coordinatrice):
    reponse = client.get("/", follow=True)
    assert reponse.request["PATH_INFO"] == TOTAUX
    page = texte(reponse.content.decode())
    # Chantier : 12 personnes × 10 h × 5 mois validées, × 2 mois à vérifier ; 1 000 h dues.
    assert " ".join("600 h sur 1 000 h, soit 60 %".split()) in " ".join(page.replace("\u202f", " ").split())
    assert "Résidence Les Peupliers" in page
    assert "Maison de l’emploi du Confluent" in page


def test_ni_nom_ni_naissance_ni_lien_vers_un_dossier(client, coordinatrice, chantier):
    pages = [lire(client.get(TOTAUX)), *(lire(client.get(TOTAUX, {"export": f})) for f in ("csv", "xlsx"))]
    for page in pages:
        assert "Introuvable" not in page
        assert "1990" not in page
        assert "/operations/" not in page
        assert "/personnes/" not in page


def test_le_fichier_dit_ce_que_dit_l_ecran(client, coordinatrice):
    titres, operation, total = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx"}))
    assert titres[3:7] == ["Heures dues", "Heures validées", "Dont dans l’année", "Heures à vérifier"]
    assert operation[:2] == ["Maison de l’emploi du Confluent", "Résidence Les Peupliers"]
    assert operation[3:7] == total[3:7] == [1000, 600, 600, 240]
    assert operation[9] == total[9] == 12
    assert total[1] == "Total de la structure"


def test_arretes_a_fin_juin_les_mois_d_apres_ne_comptent_pas(client, coordinatrice):
    """Avril, mai, juin : 12 × 10 h × 3 = 360 h validées, rien à vérifier."""
    _, operation, _ = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx", "au": "2026-06"}))
    assert operation[3:7] == [1000, 360, 360, 0]
    assert operation[10] == date(2026, 6, 30)


def test_un_mois_ou_une_structure_invente_se_dit_et_ne_change_rien(client, coordinatrice, chantier):
    page = client.get(TOTAUX, {"au": "1999-01", "structure": chantier.autre_structure.pk})
    assert page.status_code == 200
    assert "Résidence Les Peupliers" in page.content.decode()
    assert chantier.autre_structure.nom not in page.content.decode()


def test_plusieurs_structures_et_leur_total(client, coordinatrice, chantier):
    """12 personnes ici, 7 là : 19 en tout ; 600 h + 7 × 30 h = 810 h, sur 1 500 h dues."""
    Adhesion.objects.create(utilisateur=coordinatrice, organisation=chantier.autre_structure, role=Role.COORDINATION)
    operation_de(chantier.autre_structure, chantier.acheteur, "Gymnase du Port", [30] * 7)
    operation_de(StructureFactory(nom="Structure tierce"), chantier.acheteur, "Opération tierce", [10] * 6)
    *lignes, dernier = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx"}))
    assert dernier[:2] == ["Toutes les structures", "Total"]
    assert (dernier[3], dernier[4], dernier[9]) == (1500, 810, 19)
    assert "tierce" not in str(lignes)
    seule = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx", "structure": chantier.autre_structure.pk}))
    assert [ligne[1] for ligne in seule] == ["Opération", "Gymnase du Port", "Total de la structure"]
    page = texte(client.get(TOTAUX).content.decode())
    assert "Choisissez une structure" in page
    page = texte(client.get(TOTAUX, {"structure": chantier.structure.pk}).content.decode())
    assert "Critère retenu" in page


def test_un_petit_nombre_se_tait_partout_meme_en_filtrant(client, coordinatrice, chantier):
    """Quatre personnes dans une structure, douze dans l'autre : ni 4, ni le total qui le dirait, ni la répartition des quatre."""
    Adhesion.objects.create(utilisateur=coordinatrice, organisation=chantier.autre_structure, role=Role.COORDINATION)
    operation_de(chantier.autre_structure, chantier.acheteur, "Gymnase du Port", [30] * 4)
    lignes = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx"}))
    assert [ligne[9] for ligne in lignes[1:]] == [12, 12, "masqué", "masqué", "masqué"]
    seule = lignes_du_classeur(client.get(TOTAUX, {"export": "xlsx", "structure": chantier.autre_structure.pk}))
    assert [ligne[9] for ligne in seule[1:]] == ["masqué", "masqué"]
    page = client.get(TOTAUX, {"structure": chantier.autre_structure.pk}).content.decode()
    assert "Trop peu de personnes" in page
    assert "Critère retenu" not in page
    assert "Critère retenu" in client.get(TOTAUX, {"structure": chantier.structure.pk}).content.decode()


def test_autant_de_requetes_pour_beaucoup_d_operations_et_de_structures(
    client, coordinatrice, chantier, nombre_de_requetes
):
    Adhesion.objects.create(utilisateur=coordinatrice, organisation=chantier.autre_structure, role=Role.COORDINATION)
    operation_de(chantier.autre_structure, chantier.acheteur, "Une", [10] * 5)
    client.get(TOTAUX)
    with nombre_de_requetes() as avec_deux:
        client.get(TOTAUX)
    for rang in range(5):
        operation_de(chantier.autre_structure, chantier.acheteur, f"Op {rang}", [10] * 5)
    with nombre_de_requetes() as avec_sept:
        client.get(TOTAUX)
    assert len(avec_deux) == len(avec_sept) <= 14


def test_devenu_coordination_en_pleine_session_il_perd_ses_pages(client, chantier):
    compte = creer_utilisateur(chantier.structure)
    client.force_login(compte)
    fiche = reverse("reporting:personne_fiche", args=[chantier.personnes[0].pk])
    assert client.get(fiche).status_code == 200
    compte.adhesions.update(role=Role.COORDINATION)
    assert client.get(fiche).status_code == 403
    assert client.get(reverse("reporting:operation_fiche", args=[chantier.operation.pk])).status_code == 403
    assert client.get(TOTAUX).status_code == 200
    compte.adhesions.update(role=Role.MEMBRE)
    assert client.get(TOTAUX).status_code == 403


def test_la_coordination_ne_suit_ni_personne_ni_echeance(client, coordinatrice, chantier):
    """Elle n'est ni référente possible, ni destinataire d'une échéance que personne ne suit."""
    Alerte.objects.create(
        structure=chantier.structure,
        type_alerte="contrat",
        seuil="j30",
        objet=chantier.contrat.pk,
        beneficiaire=chantier.beneficiaire,
        date_echeance=date(2026, 12, 1),
        creee_le="2026-11-01T08:00:00Z",
        signalee_le=date(2026, 11, 1),
    )
    assert not Alerte.objects.suivies_par(coordinatrice).exists()
    assert Alerte.objects.suivies_par(chantier.facilitateur).exists()
    client.force_login(chantier.facilitateur)
    page = client.get(reverse("beneficiaires:beneficiaire_modifier", args=[chantier.beneficiaire.pk])).content.decode()
    assert str(chantier.facilitateur.pk) in page
    assert str(coordinatrice.pk) not in page


def test_le_role_ne_se_donne_que_dans_une_structure_facilitatrice(client, chantier):
    administrateur = creer_utilisateur(chantier.structure, role=Role.ADMINISTRATEUR)
    membre = creer_utilisateur(chantier.structure)
    client.force_login(administrateur)
    assert "Coordination (totaux seulement)" in client.get("/membres/inviter/").content.decode()
    adhesion = membre.adhesions.get()
    client.post(f"/membres/{adhesion.pk}/", {"role": "coordination", "acces": "oui"})
    assert membre.adhesions.get().role == Role.COORDINATION
    client.post("/membres/inviter/", {"email": "elue@etape.example", "role": "coordination"})
    assert Invitation.objects.get(email="elue@etape.example").role == Role.COORDINATION
    chez_le_prescripteur = creer_utilisateur(PrescripteurFactory(), role=Role.ADMINISTRATEUR)
    client.force_login(chez_le_prescripteur)
    assert "Coordination" not in client.get("/membres/inviter/").content.decode()
    client.post("/membres/inviter/", {"email": "autre@etape.example", "role": "coordination"})
    assert not Invitation.objects.filter(email="autre@etape.example").exists()


def test_le_dernier_administrateur_ne_devient_pas_coordination(client, chantier):
    administrateur = creer_utilisateur(chantier.structure, role=Role.ADMINISTRATEUR)
    client.force_login(administrateur)
    adhesion = administrateur.adhesions.get()
    page = client.post(f"/membres/{adhesion.pk}/", {"role": "coordination", "acces": "oui"}).content.decode()
    assert "C’est le dernier administrateur de la structure." in page
    assert administrateur.adhesions.get().role == Role.ADMINISTRATEUR
