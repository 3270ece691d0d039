"""Les données de démonstration : justes au regard des règles, complètes, et toujours les mêmes."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction

from beneficiaires.models import Beneficiaire, EtatOrientation, Orientation
from beneficiaires.periodes import Periode, dernier_mois_clos
from clauses.avancement import avancements_des_engagements, totaliser
from clauses.models import (
    Affectation,
    Contrat,
    Eligibilite,
    Engagement,
    EtatReleve,
    Marche,
    ReleveHeures,
    ReponseEligibilite,
    TypeContrat,
)
from clauses.regles import CodeRythme, Decision, controler_heures
from clauses.services.heures import faits_de
from comptes.models import Categorie, Organisation, Profil
from reporting.models import Alerte, SeuilAlerte, TypeAlerte
from tests.fabriques import StructureFactory

APPLICATIONS = {"comptes", "beneficiaires", "clauses", "parcours", "reporting"}
REFERENCE = date(2026, 11, 17)
pytestmark = pytest.mark.django_db


def peupler(reference: date = REFERENCE, **options) -> str:
    sortie = StringIO()
    call_command("peupler", date=reference, stdout=sortie, **options)
    return sortie.getvalue()


def tout_lire() -> dict[str, list[dict]]:
    """Chaque ligne de chaque table, sans les numéros que la base donne dans l'ordre d'arrivée."""
    numerotees = {"CumulMensuel", "CritereOriente", "MissionSortie", "ServiceInsertion", "Alerte"}
    contenu = {}
    for modele in apps.get_models(include_auto_created=True):
        if modele._meta.app_label not in APPLICATIONS or modele.__name__.endswith("Event"):
            continue
        sans = {"id"} if modele.__name__ in numerotees or modele._meta.auto_created else set()
        lignes = [{cle: v for cle, v in ligne.items() if cle not in sans} for ligne in modele.objects.values()]
        contenu[modele._meta.label] = sorted(lignes, key=repr)
    return contenu


def tout_peupler_puis_annuler(**options) -> dict[str, list[dict]]:
    """Rend tout ce que la démonstration écrit, et laisse la base vide."""
    point = transaction.savepoint()
    peupler(**options)
    contenu = tout_lire()
    transaction.savepoint_rollback(point)
    return contenu


def test_deux_fois_les_memes_donnees_meme_un_autre_jour(time_machine):
    """Même graine, même référence : chaque colonne est la même, quel que soit le jour où l'on peuple."""
    time_machine.move_to("2026-11-17 09:00:00+01:00")
    premier = tout_peupler_puis_annuler()
    time_machine.move_to("2027-03-02 22:00:00+01:00")
    assert tout_peupler_puis_annuler() == premier
    assert sum(map(len, premier.values())) > 1000


def test_une_autre_graine_donne_d_autres_heures():
    """La graine change le hasard, pas le récit."""

    def heures_et_noms(contenu):
        heures = Counter((ligne["mois"], ligne["heures"]) for ligne in contenu["clauses.ReleveHeures"])
        return heures, {ligne["nom_naissance"] for ligne in contenu["beneficiaires.Beneficiaire"]}

    heures, noms = heures_et_noms(tout_peupler_puis_annuler())
    autres_heures, autres_noms = heures_et_noms(tout_peupler_puis_annuler(graine=7))
    assert autres_heures != heures
    assert autres_noms == noms


@pytest.mark.parametrize("reference", [date(2024, 1, 1), REFERENCE, date(2028, 2, 29)])
def test_tout_est_juste_quel_que_soit_le_jour(reference):
    """Chaque objet passe ses propres contrôles, chaque relevé gardé ceux de la saisie, chaque copie son recalcul."""
    peupler(reference)
    for modele in (Organisation, Beneficiaire, Orientation, Marche, Engagement, Contrat, Affectation, ReleveHeures):
        for objet in modele.objects.all():
            objet.full_clean(validate_unique=False, validate_constraints=False)
    releves = ReleveHeures.objects.exclude(etat=EtatReleve.REFUSE).select_related(
        "affectation__contrat", "affectation__eligibilite", "affectation__engagement__titulaire__lot__marche__operation"
    )
    for releve in releves:
        contrat, fenetre, lot = faits_de(releve.affectation)
        refus = controler_heures(
            heures=releve.heures,
            nature=releve.nature,
            periode=Periode(releve.date_debut, releve.date_fin),
            contrat=contrat,
            fenetre=fenetre,
            lot=lot,
            lot_clos=False,
            aujourd_hui=reference,
        )
        assert refus is None, refus
        assert releve.saisi_le.date() <= reference
        assert releve.decide_le is None or releve.saisi_le <= releve.decide_le
    call_command("verifier_coherence", stdout=StringIO())


def test_les_trois_personnes_de_la_fiche_a3_d_abord():
    """M. Quesnel reste en CDI après la fin du lot ; Luna sert trois maîtres d'ouvrage ; Assia a deux décisions."""
    peupler()
    quesnel, luna, assia = (Beneficiaire.objects.get(prenom=p) for p in ("Marc", "Luna", "Assia"))

    cdd, cdi = quesnel.contrats.order_by("date_debut")
    assert (cdd.type_contrat, cdi.type_contrat) == (TypeContrat.CDD, TypeContrat.CDI)
    assert cdd.employeur == cdi.employeur and cdi.derniere_date is None
    lot = cdi.affectations.get().engagement.titulaire.lot
    assert lot.clos_le < REFERENCE and lot.marche.ccag == "pi"
    assert not ReleveHeures.objects.filter(affectation__contrat=cdi, date_debut__gt=lot.clos_le).exists()

    contrat = luna.contrats.get()
    assert contrat.type_contrat == TypeContrat.CDD
    assert contrat.date_fin - contrat.date_debut > timedelta(days=183)
    proprietaires = [a.engagement.titulaire.lot.marche.operation.maitre_ouvrage for a in contrat.affectations.all()]
    assert len(set(proprietaires)) == 3
    assert [p.categorie for p in proprietaires].count(Categorie.PROMOTEUR_PRIVE) == 2
    assert luna.eligibilites.count() == 3

    ancien, nouveau = assia.contrats.order_by("date_debut")
    for contrat in (ancien, nouveau):
        assert contrat.type_contrat == TypeContrat.CTTI
        assert contrat.employeur.categorie == Categorie.ETTI
    assert ancien.entreprise_utilisatrice == nouveau.entreprise_utilisatrice
    assert (ancien.date_debut.year, ancien.date_debut.month) == (2021, 6)
    assert (ancien.date_fin.year, ancien.date_fin.month) == (2022, 10)
    decisions = assia.eligibilites.order_by("date_decision")
    assert [d.operation.get_financement_display()[:4] for d in decisions] == ["ANRU", "ANRU"]
    assert len({d.operation_id for d in decisions}) == 2
    assert all(d.est_courante and d.reponse == ReponseEligibilite.ELIGIBLE for d in decisions)


def test_chaque_ecran_a_quelque_chose_a_montrer():
    """Organisations, états, rythmes, motifs, tranches : il y a de tout, et chaque décision vient des règles."""
    peupler()
    organisations = Counter(Organisation.objects.values_list("profil", flat=True))
    assert organisations == {Profil.FACILITATEUR: 2, Profil.PRESCRIPTEUR: 3, Profil.ACHETEUR: 5, Profil.ENTREPRISE: 8}
    categories = set(Organisation.objects.values_list("categorie", flat=True))
    assert {Categorie.ETTI, Categorie.EI, Categorie.GEIQ, Categorie.REGIE} <= categories
    confluent = Organisation.objects.get(nom="Maison de l’emploi du Confluent")
    assert confluent.adhesions.count() == 3
    assert Beneficiaire.objects.filter(structure=confluent).count() == 63
    assert Beneficiaire.objects.exclude(structure=confluent).count() >= 3

    assert set(ReleveHeures.objects.values_list("etat", flat=True)) == set(EtatReleve.values)
    assert not ReleveHeures.objects.filter(etat=EtatReleve.REFUSE, motif="").exists()
    assert set(ReleveHeures.objects.values_list("source", flat=True)) == {"facilitateur", "entreprise"}
    mois = set(ReleveHeures.objects.values_list("mois", flat=True))
    assert {date(2025, 5, 1), date(2026, 10, 1)} <= mois

    assert set(Orientation.objects.values_list("etat", flat=True)) == set(EtatOrientation.values)
    sans_reponse = Orientation.objects.sans_reponse().filter(structure=confluent)
    assert sans_reponse.filter(envoyee_le__date__lt=REFERENCE - timedelta(days=15)).count() == 2

    assert set(Eligibilite.objects.values_list("reponse", flat=True)) == set(ReponseEligibilite.values)
    for eligibilite in Eligibilite.objects.all():
        decision = Decision.depuis_json(eligibilite.decision)
        assert decision.raisons or decision.manques
    alertes = Alerte.objects.filter(structure=confluent)
    vues = set(alertes.values_list("type_alerte", "seuil"))
    fins = (TypeAlerte.ELIGIBILITE, TypeAlerte.PASS_IAE, TypeAlerte.PLIE)
    assert {(t, s) for t in fins for s in SeuilAlerte if s != SeuilAlerte.A_FAIRE} <= vues
    assert set(alertes.ouvertes(REFERENCE).values_list("type_alerte", flat=True)) == set(TypeAlerte.values)

    lignes = avancements_des_engagements(Engagement.objects.all(), jour=dernier_mois_clos(REFERENCE))
    par_operation = {}
    for ligne in lignes:
        par_operation.setdefault(ligne.operation.pk, []).append(ligne)
    rythmes = {totaliser(groupe).rythme.code for groupe in par_operation.values()}
    assert set(CodeRythme) - {CodeRythme.A_COMPLETER} <= rythmes
    assert len(par_operation) == 13


def test_la_base_qui_sert_deja_n_est_jamais_touchee():
    """Une base où il y a quelqu'un refuse la démonstration ; « --si-vide » passe son chemin sans rien dire."""
    StructureFactory()
    avant = tout_lire()
    with pytest.raises(CommandError, match="contient déjà des données"):
        peupler()
    assert peupler(si_vide=True) == ""
    assert tout_lire() == avant


@pytest.mark.parametrize("argument", ["--date=17/11/2026", "--date=2023-12-31"])
def test_une_date_impossible_est_refusee_sans_rien_ecrire(argument):
    """Mal écrite, ou d'avant les récits de la fiche A3 : une phrase, et la base reste vide."""
    with pytest.raises(CommandError, match=r"AAAA-MM-JJ|01/01/2024"):
        call_command("peupler", argument)
    assert not Organisation.objects.exists()


def test_un_compte_par_profil_ouvre_le_site(client):
    """La commande affiche quatre comptes et leur mot de passe, et chacun permet d'entrer."""
    peupler()
    sortie = StringIO()
    call_command("comptes_demo", stdout=sortie)
    *lignes, mot_de_passe = sortie.getvalue().strip().splitlines()
    mot_de_passe = mot_de_passe.split(": ")[1]
    profils = []
    for ligne in lignes:
        profil, email = ligne.split()
        utilisateur = authenticate(email=email, password=mot_de_passe)
        assert utilisateur is not None
        assert utilisateur.organisation.get_profil_display() == profil
        profils.append(utilisateur.profil)
    assert profils == [Profil.FACILITATEUR, Profil.PRESCRIPTEUR, Profil.ACHETEUR, Profil.ENTREPRISE]


def test_sans_demonstration_pas_de_comptes():
    """Là où rien n'a été peuplé, la commande dit quoi faire."""
    with pytest.raises(CommandError, match=r"manage\.py peupler"):
        call_command("comptes_demo")
