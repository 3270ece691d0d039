"""La boucle mensuelle sur soixante jours, cinq entreprises, une horloge déplacée : exactement quels courriels partent, quand, à qui."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from clauses.declarations.etats import lire_etats
from clauses.models import (
    ContactEntreprise,
    Declaration,
    EnvoiDeclaration,
    EtatReleve,
    LienDeclaration,
    NatureHeures,
    ReleveHeures,
)
from clauses.regles.declarations import EtatDeclaration
from clauses.services.auteurs import Auteur
from clauses.services.declarations import MoisDeclare, declarer_neant, empreinte, ouvrir_mois, recevoir, saisir_le_mois
from clauses.services.envois import noter_retour, preparer
from clauses.services.heures import Saisie
from comptes.models import Role
from reporting.models import ExecutionTache
from reporting.tasks import suivre_les_declarations
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

PARIS = ZoneInfo("Europe/Paris")
NOVEMBRE = date(2026, 11, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("celery_immediat")]


class Chantier:
    """Un marché fini le 30 novembre, et une entreprise par lot, chacune avec une personne et deux contacts."""

    def __init__(self, *noms: str) -> None:
        self.structure = StructureFactory(nom="Maison de l’emploi", courriel="clause@maison.example")
        self.facilitateur = creer_utilisateur(self.structure, role=Role.ADMINISTRATEUR)
        self.operation = OperationFactory(structure=self.structure, nom="Les Peupliers", date_fin=date(2026, 11, 30))
        self.marche = MarcheFactory(operation=self.operation, reference="2026-T1", date_fin=date(2026, 11, 30))
        self.regle = RegleClauseFactory(marche=self.marche)
        self.affectations = {nom: self.employer(nom) for nom in noms}

    def employer(self, nom: str):
        entreprise = EntrepriseFactory(nom=nom)
        engagement = EngagementFactory(
            titulaire=TitulaireFactory(lot=LotFactory(marche=self.marche), entreprise=entreprise)
        )
        personne = BeneficiaireFactory(structure=self.structure, prenom="Zénobie", nom_naissance="Quatremère")
        eligibilite = EligibiliteFactory(beneficiaire=personne, operation=self.operation, regle=self.regle)
        for role in ("premier", "second", "direction"):
            ContactEntreprise.objects.create(
                structure=self.structure,
                entreprise=entreprise,
                role=role,
                nom=f"Contact {role}",
                courriel=f"{role}@{nom}.example",
            )
        contrat = ContratFactory(beneficiaire=personne, employeur=entreprise)
        return AffectationFactory(contrat=contrat, engagement=engagement, eligibilite=eligibilite)

    def mois(self, nom: str) -> MoisDeclare:
        return MoisDeclare(self.affectations[nom].contrat.employeur_id, self.structure.pk, NOVEMBRE)

    def auteur(self, nom: str) -> Auteur:
        lien = LienDeclaration.objects.qui_servent().filter(entreprise=self.mois(nom).entreprise).earliest("cree_le")
        return Auteur.du_lien(lien)

    def declarer(self, nom: str, jour: date) -> None:
        saisie = Saisie(self.affectations[nom].pk, NatureHeures.TRAVAIL, NOVEMBRE, Decimal(120))
        [releve] = saisir_le_mois(mois=self.mois(nom), saisies=[saisie], auteur=self.auteur(nom), aujourd_hui=jour)
        assert isinstance(releve, ReleveHeures)
        vu = empreinte(self.mois(nom))
        assert recevoir(mois=self.mois(nom), auteur=self.auteur(nom), empreinte_lue=vu, aujourd_hui=jour) is None

    def etat(self, nom: str, jour: date) -> EtatDeclaration:
        return lire_etats(self.mois(nom).declarations, jour)[0].etat


def test_soixante_jours_cinq_entreprises(time_machine):
    """L'une déclare aussitôt, l'une après la première relance, l'une « néant », l'une jamais ; le courriel de la dernière revient."""
    time_machine.move_to("2026-11-20 12:00:00+01:00", tick=False)
    chantier = Chantier("aussitot", "relancee", "neant", "muette", "revenue")
    recus = []
    for rang in range(60):
        jour = date(2026, 12, 1) + timedelta(days=rang)
        time_machine.move_to(datetime.combine(jour, time(6, 30), PARIS), tick=False)
        for _ in range(2):  # relancée le même jour, la tâche ne double rien
            suivre_les_declarations()
        recus += [(f"{jour:%d/%m}", *courriel.to, courriel.subject) for courriel in mail.outbox]
        mail.outbox.clear()
        time_machine.move_to(datetime.combine(jour, time(15), PARIS), tick=False)
        if jour == date(2026, 12, 1):
            noter_retour(envoi=EnvoiDeclaration.objects.get(courriel="premier@revenue.example"), jour=jour)
        if jour == date(2026, 12, 2):
            chantier.declarer("aussitot", jour)
            chantier.declarer("revenue", jour)
        if jour == date(2026, 12, 3):
            assert (
                declarer_neant(mois=chantier.mois("neant"), auteur=chantier.auteur("neant"), aujourd_hui=jour) is None
            )
        if jour == date(2026, 12, 11):
            assert chantier.etat("relancee", jour) == chantier.etat("muette", jour) == EtatDeclaration.EN_RETARD
        if jour == date(2026, 12, 26):
            chantier.declarer("relancee", jour)
    ouverture = "[Étape] Heures d’insertion de novembre 2026 à déclarer au plus tard le 10 décembre 2026"
    du = "heures d’insertion de novembre 2026, dues le 10 décembre 2026"
    assert recus == [
        ("01/12", "premier@aussitot.example", ouverture),
        ("01/12", "premier@muette.example", ouverture),
        ("01/12", "premier@neant.example", ouverture),
        ("01/12", "premier@relancee.example", ouverture),
        ("01/12", "premier@revenue.example", ouverture),
        ("02/12", "second@revenue.example", ouverture),
        ("24/12", "premier@muette.example", f"[Étape] Relance 1\u00a0: {du}"),
        ("24/12", "premier@relancee.example", f"[Étape] Relance 1\u00a0: {du}"),
        ("31/12", "premier@muette.example", f"[Étape] Relance 2\u00a0: {du}"),
        ("31/12", "second@muette.example", f"[Étape] Relance 2\u00a0: {du}"),
        (
            "07/01",
            "direction@muette.example",
            "[Étape] muette\u00a0: heures d’insertion de novembre 2026 jamais reçues",
        ),
        ("07/01", "clause@maison.example", "[Étape] muette n’a pas déclaré novembre 2026"),
        ("07/01", "premier@muette.example", f"[Étape] Relance 3\u00a0: {du}"),
        ("07/01", "second@muette.example", f"[Étape] Relance 3\u00a0: {du}"),
        ("14/01", "premier@muette.example", f"[Étape] Relance 4\u00a0: {du}"),
        ("14/01", "second@muette.example", f"[Étape] Relance 4\u00a0: {du}"),
        ("21/01", "clause@maison.example", "[Étape] muette\u00a0: projet de courrier à l’acheteur pour novembre 2026"),
        ("21/01", "premier@muette.example", f"[Étape] Relance 5\u00a0: {du}"),
        ("21/01", "second@muette.example", f"[Étape] Relance 5\u00a0: {du}"),
        ("28/01", "premier@muette.example", f"[Étape] Relance 6\u00a0: {du}"),
        ("28/01", "second@muette.example", f"[Étape] Relance 6\u00a0: {du}"),
    ]
    fin = date(2027, 1, 29)
    assert {nom: chantier.etat(nom, fin).value for nom in chantier.affectations} == {
        "aussitot": "recue", "relancee": "recue", "neant": "recue", "muette": "en_retard", "revenue": "recue",
    }  # fmt: skip
    assert ReleveHeures.objects.get(affectation=chantier.affectations["neant"]).heures == 0
    assert ExecutionTache.objects.filter(nom="suivre_les_declarations", erreur="").count() == 120


def test_le_courriel_porte_le_lien_et_ne_nomme_personne(time_machine):
    """Un lien par contact, l'entreprise, le mois, le marché, la date ; ni nom de personne placée, ni rien d'autre dans l'adresse."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    Chantier("bati")
    suivre_les_declarations()
    [courriel] = mail.outbox
    lien = LienDeclaration.objects.get()
    assert f"http://localhost:8000/declarer/{lien.pk.hex}:" in courriel.body
    assert "Les Peupliers, marché 2026-T1, au plus tard le 10 décembre 2026" in courriel.body
    assert "Il vaut jusqu’au 31 décembre 2026 et ne sert qu’une fois" in courriel.body
    assert "Écrivez à Maison de l’emploi, clause@maison.example." in courriel.body
    lu = f"{courriel.subject} {courriel.body}"
    assert "Quatremère" not in lu and "Zénobie" not in lu and "RSA" not in lu
    assert courriel.extra_headers["Message-ID"].startswith("<declaration.")


def test_un_passage_tue_ne_double_rien(time_machine):
    """Les lignes écrites, tué avant d'envoyer : le passage suivant envoie chaque courriel, une fois."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    Chantier("bati", "volteo")
    ouvrir_mois(date(2026, 12, 1))
    preparer(date(2026, 12, 1))
    assert mail.outbox == []
    time_machine.move_to("2026-12-02 06:30:00+01:00", tick=False)
    for _ in range(3):
        suivre_les_declarations()
    assert sorted(c.to[0] for c in mail.outbox) == ["premier@bati.example", "premier@volteo.example"]
    assert set(EnvoiDeclaration.objects.values_list("tentatives", flat=True)) == {1}


def test_les_requetes_ne_suivent_pas_les_entreprises(time_machine, nombre_de_requetes):
    """Ouvrir et préparer : autant de requêtes pour une entreprise que pour six."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    comptes = []
    chantier = Chantier("une")
    for autres in ((), ("deux", "trois", "quatre", "cinq", "six")):
        for nom in autres:
            chantier.employer(nom)
        Declaration.objects.all().delete()
        EnvoiDeclaration.objects.all().delete()
        with nombre_de_requetes() as requetes:
            ouvrir_mois(date(2026, 12, 1))
            preparer(date(2026, 12, 1))
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]
    assert EnvoiDeclaration.objects.count() == 6


def test_qui_doit_declarer(time_machine):
    """L'employeur de chaque personne ; le titulaire d'un engagement que personne ne sert ; ni un lot clos, ni un contrat fini."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    chantier = Chantier("employeur")
    LotFactory.reset_sequence(50)
    seul = TitulaireFactory(lot=LotFactory(marche=chantier.marche), entreprise=EntrepriseFactory(nom="sans personne"))
    EngagementFactory(titulaire=seul)
    clos = TitulaireFactory(lot=LotFactory(marche=chantier.marche, clos_le=date(2026, 11, 5)))
    EngagementFactory(titulaire=clos)
    rien = TitulaireFactory(lot=LotFactory(marche=chantier.marche))
    EngagementFactory(titulaire=rien, heures_initiales=Decimal(0))
    parti = chantier.employer("parti")
    parti.contrat.date_rupture = date(2026, 10, 31)
    parti.contrat.save()
    parti.engagement.heures_dues = 0
    parti.engagement.save()
    assert ouvrir_mois(date(2026, 12, 1)) == 2
    assert ouvrir_mois(date(2026, 12, 2)) == 0
    assert sorted(Declaration.objects.values_list("entreprise__nom", flat=True)) == ["employeur", "sans personne"]


def test_une_adresse_de_l_annuaire_sert_de_premier_contact(time_machine):
    """Sans contact enregistré, l'adresse de l'entreprise reçoit le lien ; sans adresse, rien ne part."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    chantier = Chantier("bati", "volteo")
    ContactEntreprise.objects.all().delete()
    entreprise = chantier.affectations["bati"].contrat.employeur
    entreprise.courriel = "accueil@bati.example"
    entreprise.save()
    suivre_les_declarations()
    assert [c.to for c in mail.outbox] == [["accueil@bati.example"]]
    assert ContactEntreprise.objects.get().role == "premier"


def test_le_jour_du_est_celui_du_marche(time_machine):
    """Le premier document mensuel du marché dit le jour : ici le 20."""
    time_machine.move_to("2026-12-01 06:30:00+01:00", tick=False)
    chantier = Chantier("bati")
    chantier.regle.options = {
        "documents": {"documents": [{"nom": "Heures", "rythme": "mois", "jour_du_mois": 20, "delai_jours": None}]}
    }
    chantier.regle.save()
    ouvrir_mois(date(2026, 12, 1))
    assert Declaration.objects.get().echeance == date(2026, 12, 20)


def test_une_personne_d_un_mois_deja_valide(time_machine):
    """Reçue, puis validée quand plus rien n'attend, puis à corriger quand une ligne est refusée."""
    time_machine.move_to("2026-12-02 10:00:00+01:00", tick=False)
    chantier = Chantier("bati")
    suivre_les_declarations()
    chantier.declarer("bati", date(2026, 12, 2))
    jour = date(2026, 12, 5)
    assert chantier.etat("bati", jour) == EtatDeclaration.RECUE
    ReleveHeures.objects.update(etat=EtatReleve.VALIDE)
    assert chantier.etat("bati", jour) == EtatDeclaration.VALIDEE
    ReleveHeures.objects.update(etat=EtatReleve.REFUSE, motif="Bulletin manquant")
    assert chantier.etat("bati", jour) == EtatDeclaration.A_CORRIGER
    ReleveHeuresFactory(
        affectation=chantier.affectations["bati"], mois=date(2026, 10, 1), saisi_par=chantier.facilitateur
    )
    assert chantier.etat("bati", jour) == EtatDeclaration.A_CORRIGER
