"""Chaque règle a, dans la démonstration, un cas à regarder ; les nombres attendus se refont à la main depuis ses tables."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from beneficiaires.models import Beneficiaire
from clauses.accords_cadres import subsequents
from clauses.models import (
    CalculCommandes,
    Constat,
    ConventionGlobalisation,
    Eligibilite,
    Engagement,
    Marche,
    ModeEngagement,
    ModeExecution,
    Rectificatif,
    ReleveHeures,
    Tranche,
    TypeClause,
)
from clauses.objectifs import propositions_npnru
from clauses.publics import heures_datees, heures_des_objectifs
from comptes.models import Utilisateur
from parcours.models import EtatProlongation, Plie, Prolongation, Renouvellement, Suspension
from parcours.services.faits import faits_agrement
from reporting.models import Bilan, EtatBilan
from tests.config.conftest import REFERENCE
from tests.lire_html import texte

CLOS = date(2026, 10, 31)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


@pytest.fixture
def claire(client, time_machine):
    """La facilitatrice que « bin/demo » propose d'essayer, le jour de la démonstration."""
    time_machine.move_to(f"{REFERENCE} 10:00:00+01:00")
    client.force_login(Utilisateur.objects.get(email="c.morel@confluent.example"))
    return client


def lire(client: Client, nom: str, *args) -> str:
    reponse = client.get(reverse(nom, args=args))
    assert reponse.status_code == 200
    return texte(reponse.content.decode()).replace("\xa0", " ")


def engagement(cle: str, lot: str, entreprise: str) -> Engagement:
    return Engagement.objects.get(
        titulaire__lot__marche__reference__endswith=cle,
        titulaire__lot__numero=lot,
        titulaire__entreprise__nom=entreprise,
    )


def marche(cle: str) -> Marche:
    return Marche.objects.get(reference__endswith=cle)


def test_une_convention_signee_deplace_des_heures(claire):
    """Luna : 40 h + 44,5 h + 30 h de Nouvel Angle comptent à La Dargoire ; rien de ce qu'elle a fait avant la convention."""
    convention = ConventionGlobalisation.objects.get()
    assert convention.signee_le < convention.date_debut == date(2026, 7, 1)
    depart = engagement("NA-07", "7", "Tessier Façades")
    faites = ReleveHeures.objects.filter(
        affectation__contrat__beneficiaire=convention.beneficiaire, affectation__engagement=depart
    )
    assert faites.filter(mois__lt=convention.date_debut).exists()
    assert not faites.filter(mois__lt=convention.date_debut, heures_imputees__gt=0).exists()
    page = lire(claire, "clauses:convention_detail", convention.pk)
    assert "114,5 h comptent ailleurs" in page
    fiche = lire(claire, "reporting:marche_fiche", marche("T0131").pk)
    assert "114,5 h comptées ici, exécutées sur Nouvel Angle" in fiche
    assert "114,5 h exécutées ici, comptées sur Résidence étudiante La Dargoire" in lire(
        claire, "reporting:marche_fiche", marche("NA-07").pk
    )
    luna = lire(claire, "reporting:personne_fiche", convention.beneficiaire_id)
    assert "dont 114,5 h globalisées" in luna
    assert "Éligible sur 3 opérations" in luna


def test_un_plafond_mord_et_un_coefficient_reduit(claire):
    """Peupliers : la formation d'Isol'Est compte jusqu'à 10 % de 900 h, soit 90 h. Espaces verts : une heure en compte une demie."""
    isolest = engagement("T0142", "2", "Isol’Est")
    formation = ReleveHeures.objects.filter(affectation__engagement=isolest, nature="formation", etat="valide")
    assert sum(r.heures for r in formation) > 90
    assert sum(r.heures_comptees for r in formation) == 90
    assert "plafond de formation 10 %" in lire(claire, "reporting:marche_fiche", marche("T0142").pk)
    parcs = ReleveHeures.objects.filter(
        affectation__engagement=engagement("S0031", "1", "Verdance"), nature="formation", etat="valide"
    )
    assert parcs and all(r.heures_comptees * 2 == r.heures for r in parcs)
    modes = set(Engagement.objects.values_list("affectations__mode_execution", flat=True)) - {None}
    assert modes == {
        ModeExecution.DIRECTE,
        ModeExecution.MISE_A_DISPOSITION,
        ModeExecution.SIAE,
        ModeExecution.ALTERNANCE,
    }


def test_un_demenagement_change_le_quartier_au_jour_de_l_heure(claire):
    """Ilyes quitte Les Terrasses le 9 août 2026 : ses heures d'avant sont celles d'un habitant du quartier, pas les suivantes."""
    ilyes = Beneficiaire.objects.get(prenom="Ilyes")
    quittee = ilyes.residences.get()
    assert (quittee.date_fin, quittee.qpv, ilyes.qpv, ilyes.commune) == (date(2026, 8, 8), "oui", "non", "Montreval")
    peupliers = marche("T0142")
    _, datees = heures_datees(Engagement.objects.filter(titulaire__lot__marche=peupliers), arrete_au=CLOS)
    siennes = [ligne for ligne in datees if ligne.affectation == ilyes.contrats.get().affectations.get().pk]
    assert {ligne.qpv for ligne in siennes} == {"oui", "non"}
    faites = heures_des_objectifs(peupliers, arrete_au=CLOS)
    qpv = peupliers.sous_objectifs.get(nature="qpv")
    assert faites[qpv.pk].heures > sum(ligne.heures for ligne in siennes if ligne.qpv == "oui") > 0
    assert "celui du jour de l’heure" in lire(claire, "clauses:regle_statuts", peupliers.pk)


def test_les_controles_ont_trouve_quelque_chose_a_chaque_niveau(claire):
    """Sur 90 jours : un mois au-dessus du bulletin, des mois identiques, des mois ronds, un PASS suspendu, une rupture."""
    depuis = REFERENCE - timedelta(days=90)
    assert {c.constate_le.date() >= depuis for c in Constat.objects.all()} == {True}
    niveaux = dict(Constat.objects.values_list("code", "niveau"))
    assert niveaux["plus_que_le_bulletin"] == niveaux["contrat_rompu"] == niveaux["nombres_ronds"] == "avertissement"
    assert niveaux["mois_identiques"] == niveaux["decision_apres_embauche"] == "information"
    assert set(Constat.objects.values_list("niveau", flat=True)) == {"information", "avertissement", "ne_compte_pas"}
    page = lire(claire, "clauses:controle_liste")
    assert "149 h" in page and "le bulletin de paie en porte 142 h" in page
    tarek = ReleveHeures.objects.filter(affectation__contrat__beneficiaire__prenom="Tarek").latest("mois")
    assert (tarek.heures, tarek.heures_comptees, tarek.motif_ecart) == (112, 0, "controle")


def test_une_eligibilite_renouvelee_sur_avis_motive(claire):
    """Mehdi, embauché 690 jours plus tôt : 24 mois, puis 12 de plus sur l'avis du PLIE."""
    ancienne, nouvelle = Eligibilite.objects.filter(beneficiaire__prenom="Mehdi").order_by("date_fin")
    assert (ancienne.date_debut, ancienne.date_fin) == (date(2024, 12, 27), date(2026, 12, 26))
    assert (nouvelle.date_debut, nouvelle.date_fin, nouvelle.avis_organisme) == (
        date(2024, 12, 27), date(2027, 12, 26), "PLIE",
    )  # fmt: skip
    assert "Renouvelée de 12 mois le 29 octobre 2026" in lire(claire, "clauses:eligibilite_detail", nouvelle.pk)


def test_les_agrements_suspendus_prolonges_refuses_renouveles():
    """Un PASS suspendu aujourd'hui, une prolongation accordée et une refusée, un parcours PLIE renouvelé d'un an."""
    suspendus = Suspension.objects.filter(date_debut__lte=REFERENCE, date_fin__gte=REFERENCE)
    assert suspendus.get().agrement.beneficiaire.prenom == "Tarek"
    reponses = {p.agrement.beneficiaire.prenom: (p.etat, p.motif_refus) for p in Prolongation.objects.all()}
    assert reponses == {
        "Kadiatou": (EtatProlongation.ACCORDEE, ""),
        "Ewa": (EtatProlongation.REFUSEE, "DURATION"),
    }
    refusee = Prolongation.objects.get(etat=EtatProlongation.REFUSEE)
    assert faits_agrement(refusee.agrement).fin == REFERENCE - timedelta(days=3)
    renouvellement = Renouvellement.objects.get()
    assert renouvellement.agrement.plie == Plie.objects.get() and renouvellement.mois == 12


def test_chaque_facon_de_devoir_des_heures(claire):
    """Nombre, formule, tranches, bons, nettoyage, groupement ; un marché subséquent ; le second compteur du NPNRU ; un lot réservé."""
    assert set(Engagement.objects.values_list("mode", flat=True)) == set(ModeEngagement.values)
    tranches = Tranche.objects.order_by("numero")
    assert [(t.est_optionnelle, t.date_affermissement is not None) for t in tranches] == [
        (False, False), (True, True), (True, False),
    ]  # fmt: skip
    bons = engagement("S0019", "1", "Régie de quartier Les Terrasses")
    assert (bons.calcul_commandes, bons.commandes.count(), bons.heures_dues) == (CalculCommandes.CUMUL, 5, 9600)
    nettoyage = lire(claire, "clauses:engagement_heures", engagement("S0019", "2", "Verdance").pk)
    assert "(38 000 h − 7 000 h de personnel repris) × 20 % = 6 200 h" in nettoyage
    groupement = Engagement.objects.filter(titulaire__lot__marche=marche("T0142"), mode=ModeEngagement.PART_LOT)
    assert sorted(groupement.values_list("part_lot_pourcent", "heures_dues")) == [
        (Decimal("39.13"), 900),
        (Decimal("60.87"), 1400),
    ]
    accord = marche("S0024")
    lignes, _ = subsequents(accord, Utilisateur.objects.get(email="c.morel@confluent.example"), jour=CLOS)
    assert [ligne.marche.reference for ligne in lignes] == [f"{accord.reference}-MS1"]
    # 21 666,67 h et 5 600 h travaillées : 5 % de 27 266,67 h font 1 363 h ; 10 %, 2 726 h.
    assert [p.heures for p in propositions_npnru(marche("T0233"))] == [1363, 2726]
    assert set(marche("T0142").sous_objectifs.values_list("nature", flat=True)) == {"qpv", "metier"}
    assert Marche.objects.filter(type_clause=TypeClause.RESERVE_SIAE).exists()


def test_des_articles_du_marche_sont_cites(claire):
    """Le marché des Peupliers cite l'article de sa règle de renouvellement, de comptage, de quartier et de pénalités."""
    cites = marche("T0142").regles.get().options["citations"]
    assert {nom: cite["article"] for nom, cite in cites.items()} == {
        "renouvellement": "9.3", "mode_formation": "9.4", "jour_adresse": "9.5", "plafond_penalites": "9.8",
    }  # fmt: skip


def test_les_bilans_disent_penalite_globalisation_et_rectificatif(demonstration, celery_immediat):
    """640 h dues, 552 faites : 88 h × 40 € = 3 520 € proposés. 142 h publiées, 136 au bulletin : le bilan suivant dit − 6 h."""
    for travail in demonstration:
        travail()
    assert set(Bilan.objects.values_list("etat", flat=True)) == {EtatBilan.PRET}
    final = imprime(Bilan.objects.get(marche__reference__endswith="T0117"))
    assert "3 520 €" in final and "proposée" in final
    publie, suivant = Bilan.objects.filter(marche__reference__endswith="T0131").order_by("arrete_au")
    assert publie.pret_le < Rectificatif.objects.earliest("cree_le").cree_le < suivant.pret_le
    assert "84,5 h comptées ici, exécutées sur Nouvel Angle" in imprime(publie)
    assert "114,5 h comptées ici, exécutées sur Nouvel Angle" in imprime(suivant)
    assert "Août 2026" in imprime(suivant) and "− 6 h" in imprime(suivant)
    call_command("verifier_coherence", verbosity=0, stdout=io.StringIO())


def imprime(bilan: Bilan) -> str:
    with bilan.fichier.open("rb") as fichier:
        pages = PdfReader(io.BytesIO(fichier.read())).pages
        return " ".join(" ".join(page.extract_text().split()) for page in pages).replace("\xa0", " ")
