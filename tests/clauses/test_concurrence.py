"""Deux écritures au même instant, chacune dans son fil et sa transaction : rien ne se perd, rien ne se contredit.

`croiser` arrête la première en son milieu, quand elle a lu et pas encore écrit, et laisse la seconde partir : sans verrou, la seconde
finirait là, sur des faits que la première croit encore vrais.
"""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from clauses import cumuls
from clauses.cumuls import ecarts, recalculer_cumuls
from clauses.models import (
    Avenant,
    ConventionGlobalisation,
    Eligibilite,
    Engagement,
    EtatReleve,
    Imputation,
    Litige,
    NatureHeures,
    Rectificatif,
    ReleveHeures,
)
from clauses.regles import Decision
from clauses.services import avenants, candidatures, confirmations, eligibilites, globalisation, marches, offres
from clauses.services.avenants import enregistrer_avenant
from clauses.services.eligibilites import decider_eligibilite
from clauses.services.globalisation import enregistrer_convention, imputer, retirer_imputation, supprimer_convention
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from clauses.services.rectificatifs import figer
from comptes.regles import Refus
from tests.fabriques import (
    BeneficiaireFactory,
    CandidatureFactory,
    EligibiliteFactory,
    EngagementFactory,
    EntrepriseFactory,
    JustificatifFactory,
    LotFactory,
    MarcheFactory,
    OffreFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    ReleveHeuresFactory,
    SituationFactory,
    TitulaireFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db(transaction=True)
AVRIL = date(2026, 4, 1)
DECISION = date(2026, 2, 10)
ARRET = 0.4  # le temps laissé à la seconde pour finir, si rien ne la retient


@pytest.fixture
def paysage():
    return Paysage()


def croiser(monkeypatch, module, nom, premiere, seconde):
    """Lance `premiere`, qui s'arrête en entrant dans `module.nom` ; lance alors `seconde`. Rend ce que chacune rend, ou lève."""
    ici, finie, resultats = threading.Event(), threading.Event(), [None, None]
    vraie = getattr(module, nom)
    premier_fil = []

    def s_arreter(*args, **kwargs):
        if threading.current_thread() in premier_fil and not ici.is_set():
            ici.set()
            finie.wait(ARRET)
        return vraie(*args, **kwargs)

    def executer(rang, action):
        try:
            resultats[rang] = action()
        except Exception as erreur:
            resultats[rang] = erreur
        finally:
            connection.close()
            if rang:
                finie.set()

    def attendre_puis_executer():
        if ici.wait(10):
            executer(1, seconde)

    monkeypatch.setattr(module, nom, s_arreter)
    fils = [threading.Thread(target=executer, args=(0, premiere)), threading.Thread(target=attendre_puis_executer)]
    premier_fil.append(fils[0])
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert not any(fil.is_alive() for fil in fils), "une transaction est restée bloquée"
    assert ici.is_set(), f"{nom} n'a pas été appelée"
    return resultats


# Décider ---------------------------------------------------------------------------------------------------------------


class ADecider:
    """Une personne au RSA, pièce vue, et un marché dont la règle n'a encore servi à personne."""

    def __init__(self, paysage):
        self.paysage = paysage
        self.marche = MarcheFactory(operation=OperationFactory(structure=paysage.structure))
        self.regle = RegleClauseFactory(marche=self.marche)
        self.personne = BeneficiaireFactory(structure=paysage.structure)
        situation = SituationFactory(beneficiaire=self.personne, critere="RSA", date_debut=date(2025, 6, 1))
        JustificatifFactory(
            situation=situation,
            piece="attestation RSA",
            date_piece=date(2026, 1, 5),
            vu_le=date(2026, 1, 8),
            vu_par=paysage.facilitateur,
        )

    def decider(self, utilisateur=None, **ecarts):
        arguments = {
            "beneficiaire": self.personne,
            "operation": self.marche.operation,
            "marche": self.marche,
            "utilisateur": utilisateur or self.paysage.facilitateur,
            "date_decision": DECISION,
        }
        return decider_eligibilite(**arguments | ecarts)


def test_deux_decisions_pour_la_meme_personne_et_la_meme_operation(paysage, monkeypatch):
    """Deux collègues décident ensemble : deux décisions, l'une après l'autre, une seule en vigueur ; aucune n'est perdue."""
    cadre, collegue = ADecider(paysage), creer_utilisateur(paysage.structure)
    une, autre = croiser(
        monkeypatch, eligibilites, "remplacer", cadre.decider, lambda: cadre.decider(collegue, motif="Vue en entretien")
    )
    gardees = Eligibilite.objects.filter(beneficiaire=cadre.personne).order_by("cree_le")
    assert [(e.pk, e.est_courante, e.decide_par) for e in gardees] == [
        (une.pk, False, paysage.facilitateur),
        (autre.pk, True, collegue),
    ]


def test_le_meme_envoi_deux_fois_au_meme_instant_ne_decide_qu_une_fois(paysage, monkeypatch):
    """Double clic : le second trouve la décision du premier et la rend."""
    cadre = ADecider(paysage)
    une, autre = croiser(monkeypatch, eligibilites, "remplacer", cadre.decider, cadre.decider)
    assert une.pk == autre.pk == Eligibilite.objects.get(beneficiaire=cadre.personne).pk


def test_une_regle_changee_pendant_que_l_on_decide(paysage, monkeypatch):
    """La décision garde la version qu'elle a lue, telle qu'elle l'a lue ; le changement en fait une autre."""
    cadre = ADecider(paysage)
    decision, nouvelle = croiser(
        monkeypatch,
        eligibilites,
        "remplacer",
        cadre.decider,
        lambda: changer_regle(marche=cadre.marche, valeurs={"duree_mois": 12}, par=paysage.facilitateur),
    )
    assert (nouvelle.version, nouvelle.duree_mois) == (2, 12)
    decision = Eligibilite.objects.select_related("regle__marche").get(pk=decision.pk)
    assert (decision.regle.version, decision.regle.duree_mois) == (1, 24)
    assert decision.regle.parametres == Decision.depuis_json(decision.decision).parametres


def test_une_decision_prise_pendant_que_la_regle_change(paysage, monkeypatch):
    """Dans l'autre sens : la règle d'abord, la décision l'applique."""
    cadre = ADecider(paysage)
    regle, decision = croiser(
        monkeypatch,
        marches,
        "enregistrer",
        lambda: changer_regle(marche=cadre.marche, valeurs={"duree_mois": 12}, par=paysage.facilitateur),
        cadre.decider,
    )
    decision = Eligibilite.objects.select_related("regle__marche").get(pk=decision.pk)
    assert (decision.regle, decision.regle.duree_mois) == (regle, 12)
    assert decision.regle.parametres == Decision.depuis_json(decision.decision).parametres


def test_une_regle_changee_pendant_que_l_on_valide_des_heures(paysage, monkeypatch):
    """100 h validées sous la version 1 en comptent 100 ; le plafond de 40 h, écrit au même instant, fait une version 2."""
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(etat=EtatReleve.VERIFIE, nature=NatureHeures.FORMATION)
    recalculer_cumuls(engagements=[paysage.engagement], mois=[AVRIL])
    releve = ReleveHeures.objects.get(pk=paysage.releve.pk)
    # La décision a appliqué la règle d'un autre marché de l'opération : rien d'autre que ces heures ne tient la version 1.
    Eligibilite.objects.update(
        regle=RegleClauseFactory(marche=MarcheFactory(operation=paysage.operation, reference="2026-AUTRE"))
    )
    plafond = {"comptage": {"modes": {"formation": {"plafond_heures": "40"}}}}
    changement, regle = croiser(
        monkeypatch,
        cumuls,
        "noter_recomptes",
        lambda: changer_etats(releves=[releve], vers=EtatReleve.VALIDE, utilisateur=paysage.facilitateur),
        lambda: changer_regle(marche=paysage.marche, sections=plafond, par=paysage.facilitateur),
    )
    assert changement.nombre == 1
    releve.refresh_from_db()
    assert (releve.regle_comptee.version, releve.heures_comptees) == (1, 100)
    assert (regle.version, releve.regle_comptee.options) == (2, {})
    assert ecarts() == []


# Globaliser ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def convention(paysage):
    """100 h validées en avril sur un marché ; une convention permet d'en compter sur l'autre marché de la même entreprise."""
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(etat=EtatReleve.VALIDE)
    recalculer_cumuls(engagements=[paysage.engagement], mois=[AVRIL])
    operation = OperationFactory(structure=paysage.structure)
    regle = RegleClauseFactory(marche=MarcheFactory(operation=operation, reference="2026-GYM"))
    titulaire = TitulaireFactory(lot=LotFactory(marche=regle.marche), entreprise=paysage.entreprise)
    paysage.cible = EngagementFactory(titulaire=titulaire)
    EligibiliteFactory(
        operation=operation, beneficiaire=paysage.beneficiaire, regle=regle, decide_par=paysage.facilitateur
    )
    return enregistrer_convention(
        convention=ConventionGlobalisation(
            structure=paysage.structure,
            reference="GLOB-1",
            entreprise=paysage.entreprise,
            date_debut=AVRIL,
            signee_le=date(2026, 3, 28),
        ),
        engagements=[paysage.engagement, paysage.cible],
    )


def faire_imputer(paysage, convention, heures=40):
    return imputer(
        convention=convention,
        releve=paysage.releve,
        engagement=Engagement.objects.get(pk=paysage.cible.pk),
        heures=Decimal(heures),
        par=paysage.facilitateur,
    )


def relue(convention):
    return ConventionGlobalisation.objects.get(pk=convention.pk)


def test_une_convention_supprimee_pendant_que_l_on_impute(paysage, convention, monkeypatch):
    """L'imputation d'abord : la suppression attend, puis refuse."""
    imputation, refus = croiser(
        monkeypatch,
        globalisation,
        "examiner",
        lambda: faire_imputer(paysage, convention),
        lambda: supprimer_convention(convention=relue(convention)),
    )
    assert isinstance(imputation, Imputation)
    assert isinstance(refus, ValidationError) and refus.code == "imputee"
    assert (ConventionGlobalisation.objects.count(), Imputation.objects.count()) == (1, 1)
    assert ecarts() == []


def test_des_heures_imputees_pendant_que_l_on_supprime_la_convention(paysage, convention, monkeypatch):
    """La suppression d'abord : l'imputation attend, puis dit que la convention n'est plus là."""
    suppression, refus = croiser(
        monkeypatch,
        ConventionGlobalisation,
        "delete",
        lambda: supprimer_convention(convention=relue(convention)),
        lambda: faire_imputer(paysage, convention),
    )
    assert suppression is None
    assert isinstance(refus, Refus) and refus.code == "convention_disparue"
    assert (ConventionGlobalisation.objects.count(), Imputation.objects.count()) == (0, 0)
    assert ecarts() == []


def test_une_convention_changee_pendant_que_l_on_impute(paysage, convention, monkeypatch):
    """En retirer le marché qui reçoit, au même instant, est refusé : des heures y comptent déjà."""
    troisieme = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.marche, numero="9"), entreprise=paysage.entreprise)
    )
    imputation, refus = croiser(
        monkeypatch,
        globalisation,
        "examiner",
        lambda: faire_imputer(paysage, convention),
        lambda: enregistrer_convention(convention=relue(convention), engagements=[paysage.engagement, troisieme]),
    )
    assert isinstance(imputation, Imputation)
    assert isinstance(refus, ValidationError) and refus.code == "imputee"
    assert set(convention.engagements.all()) == {paysage.engagement, paysage.cible}


def test_des_heures_imputees_pendant_que_la_convention_change(paysage, convention, monkeypatch):
    """Le marché qui reçoit en est retiré d'abord : l'imputation attend, puis est refusée."""
    troisieme = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.marche, numero="9"), entreprise=paysage.entreprise)
    )
    changee, refus = croiser(
        monkeypatch,
        globalisation,
        "enregistrer",
        lambda: enregistrer_convention(convention=relue(convention), engagements=[paysage.engagement, troisieme]),
        lambda: faire_imputer(paysage, convention),
    )
    assert changee.pk == convention.pk
    assert isinstance(refus, Refus)
    assert not Imputation.objects.exists()
    assert ecarts() == []


def test_deux_imputations_du_meme_releve_ne_depassent_pas_ses_heures(paysage, convention, monkeypatch):
    """60 h deux fois sur 100 : la seconde attend la première, et est refusée."""
    une, autre = croiser(
        monkeypatch,
        globalisation,
        "examiner",
        lambda: faire_imputer(paysage, convention, 60),
        lambda: faire_imputer(paysage, convention, 60),
    )
    assert isinstance(une, Imputation)
    assert isinstance(autre, Refus)
    assert Imputation.objects.get().heures == 60
    assert ecarts() == []


def test_retirer_deux_fois_la_meme_imputation_ne_rectifie_qu_une_fois(paysage, convention, monkeypatch):
    """Double clic sur « Retirer » après un bilan publié : un rectificatif par marché, pas deux."""
    imputation = faire_imputer(paysage, convention)
    for marche in (paysage.marche, paysage.cible.titulaire.lot.marche):
        figer(marche=marche, au=date(2026, 10, 31))

    def retirer():
        return retirer_imputation(imputation=Imputation.objects.get(pk=imputation.pk), par=paysage.facilitateur)

    vue = Imputation.objects.select_related("releve", "engagement__titulaire__lot__marche", "convention").get()
    croiser(
        monkeypatch,
        globalisation,
        "recalculer_cumuls",
        retirer,
        lambda: retirer_imputation(imputation=vue, par=paysage.facilitateur),
    )
    lignes = [(r.marche.reference, r.heures_avant, r.heures_apres) for r in Rectificatif.objects.all()]
    assert sorted(lignes) == [("2026-GYM", 40, 0), ("2026-T0001", 60, 100)]
    assert ecarts() == []


# Avenants --------------------------------------------------------------------------------------------------------------


def test_deux_avenants_du_meme_numero_au_meme_instant(paysage, monkeypatch):
    """Chacun touche un lot : le second est refusé, et le marché n'a qu'un avenant 1."""
    autre = EngagementFactory(titulaire__lot=LotFactory(marche=paysage.marche, numero="2"))

    def noter(engagement, duree):
        avenant = Avenant(
            marche=paysage.marche, numero=1, date_notification=date(2026, 6, 1), duree_mois=duree, objet="Travaux"
        )
        return enregistrer_avenant(avenant=avenant, heures={engagement: Decimal(700)}, par=paysage.facilitateur)

    une, refus = croiser(
        monkeypatch, avenants, "recalculer_fins", lambda: noter(paysage.engagement, 18), lambda: noter(autre, 20)
    )
    assert len(une) == 1
    assert isinstance(refus, ValidationError)
    assert refus.messages == ["L’avenant 1 vient d’être enregistré. Le prochain est le 2."]
    assert list(paysage.marche.avenants.values_list("duree_mois", flat=True)) == [18]


# Contester -------------------------------------------------------------------------------------------------------------


def test_deux_contestations_a_la_fois_n_ouvrent_qu_un_litige(paysage, monkeypatch):
    """Deux navigateurs de la même entreprise : l'un ouvre le litige, l'autre lit pourquoi il ne le peut plus."""
    releve = ReleveHeuresFactory(
        affectation__engagement=paysage.engagement, affectation__contrat__employeur=EntrepriseFactory(nom="Interval")
    )

    def envoyer():
        return confirmations.contester(
            releve=releve.pk,
            version=1,
            heures_reconnues=Decimal(60),
            motif="Le chantier a fermé.",
            par=paysage.compte_entreprise,
        )

    ouvert, refus = croiser(monkeypatch, confirmations, "passer", envoyer, envoyer)
    assert list(Litige.objects.all()) == [ouvert]
    assert refus.code == "change_depuis"


# Candidatures ----------------------------------------------------------------------------------------------------------


def _repondre(paysage, candidature, vers, **reponse):
    return candidatures.repondre(
        candidature=candidature,
        vers=vers,
        par=paysage.compte_entreprise,
        le=timezone.now(),
        aujourd_hui=date(2026, 11, 17),
        **reponse,
    )


def test_la_meme_candidature_ne_se_decide_pas_deux_fois(paysage, monkeypatch):
    """L'entreprise la retient deux fois au même instant : le premier geste reste, le second reçoit une phrase et rien ne bouge."""
    offre = OffreFactory(engagement=paysage.engagement, postes=2)
    candidature = CandidatureFactory(offre=offre, etat="rencontre")
    retenue, refus = croiser(
        monkeypatch,
        candidatures,
        "controler_passage",
        lambda: _repondre(paysage, candidature, "retenue"),
        lambda: _repondre(paysage, candidature, "retenue"),
    )
    assert retenue.etat == "retenue"
    assert refus.messages == ["Cette candidature est déjà retenue\u00a0: quelqu’un vient de répondre. Rien n’a changé."]
    candidature.refresh_from_db()
    offre.refresh_from_db()
    assert (candidature.etat, offre.etat) == ("retenue", "publiee")


def test_le_dernier_poste_ne_se_prend_qu_une_fois(paysage, monkeypatch):
    """Deux personnes retenues au même instant pour un seul poste : la seconde est sans suite, et l'entreprise le lit."""
    offre = OffreFactory(engagement=paysage.engagement, postes=1)
    premiere, seconde = (CandidatureFactory(offre=offre, etat="rencontre") for _ in range(2))
    retenue, refus = croiser(
        monkeypatch,
        candidatures,
        "controler_passage",
        lambda: _repondre(paysage, premiere, "retenue"),
        lambda: _repondre(paysage, seconde, "retenue"),
    )
    assert retenue.etat == "retenue"
    assert refus.messages == [
        "Cette candidature est sans suite, les postes étant pourvus\u00a0: elle ne change plus. Rien n’a changé."
    ]
    seconde.refresh_from_db()
    offre.refresh_from_db()
    assert (seconde.etat, offre.etat) == ("sans_suite", "pourvue")


def test_une_offre_retiree_pendant_qu_on_y_propose_quelqu_un_ne_laisse_personne_sans_reponse(paysage, monkeypatch):
    """La candidature part d'abord : le retrait attend, puis lui répond."""
    offre = OffreFactory(engagement=paysage.engagement)
    envoyee, _ = croiser(
        monkeypatch,
        candidatures,
        "controler_ouverture",
        lambda: candidatures.proposer(
            offre=offre,
            beneficiaire=paysage.beneficiaire,
            presentation="A déjà travaillé sur un chantier.",
            disponible_le=date(2026, 12, 1),
            par=paysage.compte_prescripteur,
            le=timezone.now(),
            aujourd_hui=date(2026, 11, 17),
        ),
        lambda: offres.retirer_offre(offre=offre, par=paysage.compte_entreprise, le=timezone.now()),
    )
    envoyee.refresh_from_db()
    offre.refresh_from_db()
    assert (offre.etat, envoyee.etat, envoyee.motif_refus) == ("retiree", "refusee", "besoin")
