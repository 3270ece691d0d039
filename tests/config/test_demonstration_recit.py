"""Ce que raconte la démonstration : la fiche A3, un cas de chaque sorte, un compte par profil, le comité, les freins."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from beneficiaires.models import Beneficiaire, EtatOrientation, Orientation
from beneficiaires.periodes import dernier_mois_clos
from beneficiaires.referentiels import FREINS
from clauses.avancement import avancements_des_engagements, totaliser
from clauses.declarations.etats import lire_etats
from clauses.models import (
    Candidature,
    ContactEntreprise,
    Declaration,
    Eligibilite,
    Engagement,
    EnvoiDeclaration,
    EtatReleve,
    Offre,
    Operation,
    PartageOperation,
    ReleveHeures,
    Reouverture,
    ReponseEligibilite,
    TypeContrat,
)
from clauses.regles import CodeRythme, Decision
from clauses.regles.candidatures import SILENCE, EtatCandidature
from clauses.regles.declarations import EtatDeclaration
from clauses.regles.offres import controler_offre, etat_selon_les_postes
from comptes.models import COORDINATION, Categorie, Organisation, Profil, Utilisateur
from parcours.lectures_diagnostic import comparer_diagnostics
from parcours.models import (
    Action,
    ComiteTechnique,
    DecisionPoint,
    Diagnostic,
    Frein,
    PointComite,
    ReponseService,
    SujetPoint,
)
from parcours.ordre_du_jour import proposer
from parcours.regles.actions import controler_action
from parcours.regles.referentiel_freins import controler_codes
from parcours.services.actions import faits_action
from reporting.freins_territoire import freins_du_territoire, masquer_le_tableau
from reporting.models import Alerte, SeuilAlerte, TypeAlerte
from tests.config.conftest import REFERENCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_les_trois_personnes_de_la_fiche_a3_d_abord():
    """M. Quesnel reste en CDI après la fin du lot ; Luna sert trois maîtres d'ouvrage ; Assia a deux décisions."""
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


def test_les_declarations_sont_dans_tous_les_etats():
    """À faire, incomplète, en retard, reçue, à corriger, validée, verrouillée ; un mois rouvert, une adresse revenue, des relances."""
    lues = lire_etats(Declaration.objects.select_related("marche__operation", "entreprise"), REFERENCE)
    assert {lue.etat for lue in lues} == set(EtatDeclaration)
    rouverte = Reouverture.objects.get()
    assert next(lue for lue in lues if lue.declaration == rouverte.declaration).etat == EtatDeclaration.A_CORRIGER
    assert ContactEntreprise.objects.get(en_echec_le__isnull=False).entreprise.nom == "Isol’Est"
    assert EnvoiDeclaration.objects.filter(revenu_le__isnull=False).exists()
    muette = EnvoiDeclaration.objects.filter(entreprise__nom="Tessier Façades", mois=date(2026, 9, 1))
    assert list(muette.filter(etape="relance", contact__role="premier").values_list("prevu_le", flat=True)) == [
        date(2026, 10, 24), date(2026, 10, 31), date(2026, 11, 7), date(2026, 11, 14),
    ]  # fmt: skip


def test_chaque_ecran_a_quelque_chose_a_montrer():
    """Organisations, états, rythmes, motifs, tranches : il y a de tout, et chaque décision vient des règles."""
    organisations = Counter(Organisation.objects.values_list("profil", flat=True))
    assert organisations == {Profil.FACILITATEUR: 2, Profil.PRESCRIPTEUR: 3, Profil.ACHETEUR: 5, Profil.ENTREPRISE: 8}
    categories = set(Organisation.objects.values_list("categorie", flat=True))
    assert {Categorie.ETTI, Categorie.EI, Categorie.GEIQ, Categorie.REGIE} <= categories
    confluent = Organisation.objects.get(nom="Maison de l’emploi du Confluent")
    assert confluent.adhesions.au_travail().count() == 3
    assert confluent.adhesions.coordinations().count() == 1
    assert confluent.adhesions.filter(est_active=False).count() == 1, "un membre suspendu se montre"
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


def test_un_compte_par_profil_ouvre_le_site(client):
    """La commande affiche un compte par profil, une coordination et leur mot de passe, et chacun permet d'entrer."""
    sortie = StringIO()
    call_command("comptes_demo", stdout=sortie)
    *lignes, mot_de_passe = sortie.getvalue().strip().splitlines()
    mot_de_passe = mot_de_passe.split(": ")[1]
    profils = []
    for ligne in lignes:
        profil, email = ligne.split()
        utilisateur = authenticate(email=email, password=mot_de_passe)
        assert utilisateur is not None
        assert profil in ("Coordination", utilisateur.organisation.get_profil_display())
        profils.append(utilisateur.profil)
    assert profils == [Profil.FACILITATEUR, Profil.PRESCRIPTEUR, Profil.ACHETEUR, Profil.ENTREPRISE, COORDINATION]


def test_deux_structures_partagent_deux_operations(client):
    """Nouvel Angle, en écriture : le PLIE y a placé Awa, que la Maison de l'emploi ne nomme pas. La médiathèque, en lecture."""
    en_cours = PartageOperation.objects.filter(accepte_le__isnull=False)
    assert set(en_cours.values_list("operation__nom", "structure__nom", "droit")) == {
        ("Nouvel Angle, 92 logements", "PLIE du Haut-Vallon", "ecriture"),
        ("Médiathèque de Hautvallon", "Maison de l’emploi du Confluent", "lecture"),
    }
    client.force_login(Utilisateur.objects.get(email="c.morel@confluent.example"))
    nouvel_angle, mediatheque = (Operation.objects.get(nom__startswith=nom) for nom in ("Nouvel", "Médiathèque"))
    page = client.get(f"/operations/{nouvel_angle.pk}/").content.decode()
    assert "Moins de cinq personnes suivies par PLIE du Haut-Vallon" in page
    assert "Cissé" not in page
    page = client.get(f"/operations/{mediatheque.pk}/").content.decode()
    assert "Modifier l’opération" not in page
    assert "Morin" not in page


def test_une_seance_close_et_la_suivante_en_preparation():
    """Deux mardis : le 29 septembre, close avec cinq décisions ; le 24 novembre, quatre points et d'autres proposés."""
    suivante, close = ComiteTechnique.objects.all()

    assert (close.date_seance, close.est_close) == (date(2026, 9, 29), True)
    assert {point.decision for point in close.points.all()} == set(DecisionPoint.values)
    assert {point.sujet for point in close.points.all()} == set(SujetPoint.values)
    assert {organisation.nom for organisation in close.presents.all()} == {
        "Mission locale du Confluent",
        "France Travail Villerive",
    }
    assert (suivante.date_seance, suivante.est_close) == (date(2026, 11, 24), False)
    assert [point.sujet for point in suivante.points.all()] == ["orientation", "orientation", "renouvellement", "frein"]
    for point in PointComite.objects.all():
        point.full_clean()

    propositions = proposer(suivante, Utilisateur.objects.get(email="c.morel@confluent.example"), REFERENCE)
    assert {p.sujet for p in propositions} >= {SujetPoint.ORIENTATION, SujetPoint.RENOUVELLEMENT, SujetPoint.FREIN}
    reportes = {p.personne: p.reporte_du for p in propositions if p.reporte_du}
    assert reportes == {"Karim Belkacem": date(2026, 9, 29)}, "ajourné en septembre, le sien revient"


def test_les_freins_de_la_demonstration_sont_justes_et_parlent():
    """Codes de leur frein, dates dans le parcours, actions possibles ; chaque état, chaque réponse, un frein bloqué."""
    for frein in Frein.objects.select_related("parcours"):
        assert controler_codes(frein.rubrique, frein.situations, frein.objectifs) is None
        assert frein.parcours.date_debut <= (frein.repere_le or frein.date_etat) <= frein.date_etat <= REFERENCE
    for action in Action.objects.select_related("frein"):
        assert controler_action(faits_action(action), aujourd_hui=REFERENCE) is None, action.intitule
    for objet in (*Frein.objects.all(), *Action.objects.all(), *Diagnostic.objects.all()):
        objet.full_clean()

    assert set(Counter(Frein.objects.values_list("etat", flat=True))) == {"repere", "en_cours", "leve", "sans_objet"}
    assert set(Action.objects.values_list("reponse", flat=True)) == set(ReponseService.values)
    assert Frein.objects.bloques(jour=REFERENCE, seuil_jours=90).count() >= 3

    for prenom, nombre in (("Marc", 1), ("Luna", 2), ("Assia", 2)):
        diagnostics = Diagnostic.objects.finis().filter(parcours__beneficiaire__prenom=prenom)
        assert diagnostics.count() == nombre
        assert Frein.objects.filter(parcours__beneficiaire__prenom=prenom).count() >= 2
    apres, avant = Diagnostic.objects.finis().filter(parcours__beneficiaire__prenom="Luna")
    changes = {x.libelle for s in comparer_diagnostics(avant, apres) for x in s.lignes if x.changement != "meme"}
    assert {"Permis B", "Démarches en ligne", "Mobilité"} <= changes
    assert Diagnostic.objects.filter(fini_le__isnull=True).count() == 1

    facilitateur = Utilisateur.objects.get(email="c.morel@confluent.example")
    tableau = freins_du_territoire(Frein.objects.pour(facilitateur))
    mobilite = next(ligne for ligne in tableau.lignes if ligne.rubrique == "mobilite")
    assert mobilite.leves >= 5 and mobilite.mediane > 0
    assert set(FREINS) == {ligne.rubrique for ligne in tableau.lignes}
    assert any(ligne.personnes is None for ligne in masquer_le_tableau(tableau).lignes)


def test_des_offres_ouvertes_et_une_candidature_dans_chaque_etat():
    """Près de communes situées ; une laissée sans réponse neuf jours, une personne retenue à placer ; chaque règle est tenue."""
    assert {o.commune for o in Offre.objects.ouvertes(REFERENCE)} == {"Villerive", "Hautvallon", "Beaucroix"}
    assert not Offre.objects.filter(latitude__isnull=True).exists()
    candidatures = list(Candidature.objects.avec_ses_parties())
    assert {c.etat for c in candidatures} == set(EtatCandidature)
    silence = Candidature.objects.en_silence(REFERENCE, SILENCE.jours).get()
    assert (REFERENCE - silence.envoyee_le.date()).days == 9
    assert Candidature.objects.a_placer().exists()
    for offre in Offre.objects.avec_comptes():
        offre.full_clean(validate_constraints=False)
        refus = controler_offre(
            type_contrat=offre.type_contrat, debut=offre.date_debut, fin=offre.date_fin, aujourd_hui=REFERENCE
        )
        assert not refus
        assert offre.etat == etat_selon_les_postes(offre.etat, postes=offre.postes, retenues=offre.retenues)
    for candidature in candidatures:
        candidature.full_clean(validate_unique=False, validate_constraints=False)
        assert candidature.beneficiaire.prescripteur == candidature.prescripteur
        assert candidature.beneficiaire.structure == candidature.offre.structure
