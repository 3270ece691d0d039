"""Ce qui se propose à l'ordre du jour d'un comité technique, et ce qui ne s'y propose plus."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beneficiaires.models import EtatOrientation
from clauses.models import Eligibilite
from parcours import ordre_du_jour
from parcours.models import (
    ComiteTechnique,
    Frein,
    Parcours,
    PassagePhase,
    Plie,
    PointComite,
    Renouvellement,
    SujetPoint,
)
from parcours.ordre_du_jour import proposer
from parcours.regles.comite import decision_vaut_encore
from parcours.services.comites import clore_seance
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    OrientationFactory,
    StructureFactory,
    creer_utilisateur,
)
from tests.parcours.comites.gestes import (
    AUJOURD_HUI,
    MAINTENANT,
    creer_frein,
    creer_seance,
    inscrire_tout,
    noter,
    point,
    proposees,
)

pytestmark = pytest.mark.django_db


def test_rien_a_decider_rien_n_est_propose(paysage):
    """Un parcours ouvert sans frein, sans contrat, sans agrément."""
    assert proposees(paysage) == {}


def test_une_orientation_sans_reponse(paysage):
    """Envoyée le 3 novembre à cette structure ; l'acceptée, le brouillon et celle d'une autre structure n'y sont pas."""
    envoyee = datetime(2026, 11, 3, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
    commun = {"prescripteur": paysage.prescripteur, "auteur": paysage.compte_prescripteur, "envoyee_le": envoyee}
    OrientationFactory(**commun, structure=paysage.structure, etat=EtatOrientation.ENVOYEE)
    OrientationFactory(**commun, structure=StructureFactory(), etat=EtatOrientation.ENVOYEE)
    OrientationFactory(**(commun | {"envoyee_le": None}), structure=paysage.structure, etat=EtatOrientation.BROUILLON)
    trouvees = proposer(paysage.comite, paysage.facilitateur, AUJOURD_HUI)
    assert len(trouvees) == 1
    assert trouvees[0].question.replace("\u00a0", " ") == (
        "Accepter l’orientation reçue le 3 novembre 2026 (Mission locale du Confluent) ?"
    )


@pytest.mark.parametrize(
    ("fin", "est_propose"),
    [(date(2026, 11, 23), False), (AUJOURD_HUI, True), (date(2027, 2, 22), True), (date(2027, 2, 23), False)],
)
def test_un_pass_qui_finit_d_ici_90_jours(paysage, fin, est_propose):
    """D'aujourd'hui au 22 février 2027 compris."""
    AgrementFactory(beneficiaire=paysage.beneficiaire, type_agrement="pass_iae", date_fin=fin, fin_officielle=fin)
    assert ("renouvellement" in proposees(paysage)) is est_propose


def test_un_pass_que_suit_un_autre_n_est_plus_a_decider(paysage):
    """La question est celle du dernier."""
    for debut, fin in ((date(2024, 12, 1), date(2026, 12, 1)), (date(2026, 12, 2), date(2028, 12, 1))):
        AgrementFactory(
            beneficiaire=paysage.beneficiaire,
            type_agrement="pass_iae",
            date_debut=debut,
            date_fin=fin,
            fin_officielle=fin,
        )
    assert proposees(paysage) == {}


def test_un_plie_se_propose_tant_qu_il_se_renouvelle(paysage):
    """Un renouvellement admis : il se propose ; accordé, il n'en reste pas."""
    plie = Plie.objects.create(structure=paysage.structure, nom="PLIE du Confluent")
    agrement = AgrementFactory(
        beneficiaire=paysage.beneficiaire, type_agrement="plie", plie=plie, date_fin=date(2026, 12, 31)
    )
    assert proposees(paysage) == {
        "renouvellement": "Renouveler le parcours PLIE, qui finit le 31 décembre 2026 inclus ?"
    }
    Renouvellement.objects.create(
        agrement=agrement, mois=12, avis_organisme="PLIE", avis_date=AUJOURD_HUI, avis_texte="Formation"
    )
    assert proposees(paysage) == {}


def test_une_eligibilite_que_le_marche_ne_renouvelle_pas_n_est_pas_a_decider(paysage):
    """La règle du paysage n'admet aucun renouvellement : la fin arrive, il n'y a rien à décider."""
    EligibiliteFactory(
        operation=paysage.operation,
        beneficiaire=paysage.beneficiaire,
        regle=paysage.regle,
        decide_par=paysage.facilitateur,
        date_fin=date(2026, 12, 31),
    )
    assert Eligibilite.objects.filter(date_fin=date(2026, 12, 31)).exists()
    assert proposees(paysage) == {}


def test_une_eligibilite_renouvelable_se_propose(paysage):
    """Le marché admet un renouvellement de six mois sur avis du PLIE."""
    _eligibilite_renouvelable(paysage)
    assert proposees(paysage) == {
        "renouvellement": f"Renouveler l’éligibilité sur « {paysage.operation.nom} », qui finit le 31 décembre 2026 inclus ?"
    }


def test_une_fin_sans_renouvellement_ne_cache_pas_celle_qui_se_renouvelle(paysage, monkeypatch):
    """La liste s'arrête à tant de propositions, pas à tant de fins lues : la première, sans renouvellement, n'en prend pas la place."""
    monkeypatch.setattr(ordre_du_jour, "PAR_SORTE", 1)
    renouvelable = _eligibilite_renouvelable(paysage)
    EligibiliteFactory(
        operation=paysage.operation,
        regle=paysage.regle,
        decide_par=paysage.facilitateur,
        date_fin=renouvelable.date_fin - timedelta(days=1),
    )
    assert list(proposees(paysage)) == ["renouvellement"]


def _eligibilite_renouvelable(paysage) -> Eligibilite:
    eligibilite = EligibiliteFactory(
        operation=paysage.operation,
        beneficiaire=paysage.beneficiaire,
        regle=paysage.regle,
        decide_par=paysage.facilitateur,
        date_fin=date(2026, 12, 31),
    )
    eligibilite.decision["parametres"] |= {
        "renouvellement": "avis",
        "renouvellement_mois": 6,
        "renouvellements_maximum": 1,
        "organismes": ["PLIE"],
    }
    eligibilite.save(update_fields=["decision"])
    return eligibilite


def test_un_frein_bloque_depuis_plus_de_90_jours(paysage):
    """Sans changement depuis le 25 août : 91 jours. Depuis le 26 : 90, pas encore."""
    frein = creer_frein(paysage, date(2026, 8, 26))
    assert proposees(paysage) == {}
    Frein.objects.filter(pk=frein.pk).update(date_etat=date(2026, 8, 25), repere_le=date(2026, 8, 25))
    assert proposees(paysage) == {
        "frein": "Que faire pour lever le frein « Mobilité », sans changement ni action depuis le 25 août 2026 ?"
    }


def test_un_frein_de_sante_ne_se_nomme_pas(paysage):
    """Le compte rendu circule : la question renvoie au dossier."""
    creer_frein(paysage, date(2026, 6, 1))
    Frein.objects.update(rubrique="sante")
    assert "Santé" not in proposees(paysage)["frein"]
    assert "à lire dans son dossier" in proposees(paysage)["frein"]


def test_un_parcours_dont_le_dernier_contrat_est_fini(paysage):
    """Fini la veille de la séance : la sortie se pose. Un contrat sans fin, ou qui finit après, la repousse."""
    contrat = ContratFactory(
        beneficiaire=paysage.beneficiaire,
        employeur=paysage.entreprise,
        date_debut=date(2026, 3, 2),
        date_fin=date(2026, 11, 23),
    )
    assert proposees(paysage) == {
        "sortie": "Sortir du parcours ou le poursuivre, son dernier contrat va jusqu’au 23 novembre 2026 inclus ?"
    }
    contrat.date_fin = date(2026, 11, 25)
    contrat.save()
    assert proposees(paysage) == {}


def test_un_parcours_en_phase_de_sortie(paysage):
    """La phase ouverte suffit, sans contrat."""
    PassagePhase.objects.create(
        parcours=paysage.parcours, phase="sortie", date_debut=date(2026, 11, 2), auteur=paysage.facilitateur
    )
    assert proposees(paysage) == {
        "sortie": "Sortir du parcours ou le poursuivre, en phase de sortie depuis le 2 novembre 2026 ?"
    }


def test_ce_qui_est_inscrit_ou_tranche_ne_se_propose_plus(paysage):
    """Inscrit à cette séance ; puis décidé en octobre, la question posée depuis mai ne revient pas."""
    frein = creer_frein(paysage, date(2026, 5, 4))
    inscrit = point(paysage.comite, paysage, SujetPoint.FREIN, frein.pk)
    assert proposees(paysage) == {}
    inscrit.delete()
    avant = creer_seance(paysage, date(2026, 10, 6))
    tranche = point(avant, paysage, SujetPoint.FREIN, frein.pk)
    noter(tranche, "favorable", quand=MAINTENANT - timedelta(days=49))
    assert proposees(paysage) == {}


def test_un_frein_bloque_plus_de_90_jours_apres_la_decision_revient(paysage):
    """Décidé le 25 août (91 jours), rien n'a suivi."""
    frein = creer_frein(paysage, date(2026, 5, 4))
    tranche = point(creer_seance(paysage, date(2026, 8, 25)), paysage, SujetPoint.FREIN, frein.pk)
    noter(tranche, "favorable", quand=MAINTENANT - timedelta(days=91))
    assert "frein" in proposees(paysage)


def test_un_pass_prolonge_se_repropose_a_sa_nouvelle_fin(paysage):
    """Décidé pour une fin d'il y a deux ans, le même agrément finit maintenant en décembre : la question est neuve."""
    pass_iae = AgrementFactory(beneficiaire=paysage.beneficiaire, type_agrement="pass_iae", date_fin=date(2026, 12, 31))
    ancien = point(creer_seance(paysage, date(2026, 1, 6)), paysage, SujetPoint.RENOUVELLEMENT, pass_iae.pk)
    noter(ancien, "favorable", quand=datetime(2026, 1, 6, 10, 0, tzinfo=ZoneInfo("Europe/Paris")))
    assert "renouvellement" in proposees(paysage)
    PointComite.objects.update(decide_le=datetime(2026, 10, 6, 10, 0, tzinfo=ZoneInfo("Europe/Paris")))
    assert proposees(paysage) == {}


@pytest.mark.parametrize(("jours", "est_propose"), [(90, False), (91, True)])
def test_le_sql_et_la_regle_disent_la_meme_decision_encore_valable(paysage, jours, est_propose):
    """Décidée 90 jours avant la fin du PASS, elle vaut pour cette fin ; 91 jours avant, la question se pose à nouveau."""
    fin = AUJOURD_HUI + timedelta(days=30)
    agrement = AgrementFactory(beneficiaire=paysage.beneficiaire, type_agrement="pass_iae", date_fin=fin)
    decidee = fin - timedelta(days=jours)
    seance = creer_seance(paysage, decidee)
    noter(
        point(seance, paysage, SujetPoint.RENOUVELLEMENT, agrement.pk),
        "favorable",
        quand=MAINTENANT - (AUJOURD_HUI - decidee),
    )
    proposes = {p.objet for p in proposer(paysage.comite, paysage.facilitateur, AUJOURD_HUI)}
    assert (agrement.pk in proposes) is est_propose
    assert decision_vaut_encore(decidee, fin=fin, horizon_jours=90) is not est_propose


def test_une_decision_ajournee_revient_avec_sa_seance(paysage):
    """Le point libre ajourné le 6 octobre se repropose ; décidé à la séance suivante, il ne revient plus."""
    avant = creer_seance(paysage, date(2026, 10, 6))
    libre = point(avant, paysage, question="Une immersion ?")
    noter(libre, "ajournee", "Le devis manque")
    (trouvee,) = proposer(paysage.comite, paysage.facilitateur, AUJOURD_HUI)
    assert (trouvee.question, trouvee.reporte_du) == ("Une immersion ?", date(2026, 10, 6))
    assert inscrire_tout(paysage) == 1
    repris = PointComite.objects.get(comite=paysage.comite)
    assert repris.objet == libre.objet and not repris.est_decide
    noter(repris, "favorable")
    assert proposees(paysage, creer_seance(paysage, date(2026, 12, 15))) == {}


def test_un_point_laisse_sans_decision_par_une_seance_close_revient(paysage):
    """Tant que sa séance est ouverte, non ; close, oui."""
    avant = creer_seance(paysage, date(2026, 10, 6))
    point(avant, paysage)
    assert proposees(paysage) == {}
    clore_seance(comite=avant, presents=[], maintenant=MAINTENANT, aujourd_hui=AUJOURD_HUI)
    assert "autre" in proposees(paysage)


def test_ce_qui_ne_se_pose_plus_ne_revient_pas(paysage):
    """Un frein ajourné puis levé."""
    frein = creer_frein(paysage, date(2026, 5, 4))
    ajourne = point(creer_seance(paysage, date(2026, 10, 6)), paysage, SujetPoint.FREIN, frein.pk)
    noter(ajourne, "ajournee", "À revoir")
    assert "frein" in proposees(paysage)
    Frein.objects.update(etat="leve", leve_le=AUJOURD_HUI, date_etat=AUJOURD_HUI)
    assert proposees(paysage) == {}


def test_une_autre_structure_n_y_voit_rien(paysage):
    """Ni l'orientation, ni le frein, ni l'ajourné d'à côté."""
    creer_frein(paysage, date(2026, 5, 4))
    noter(point(creer_seance(paysage, date(2026, 10, 6)), paysage), "ajournee", "À revoir")
    autre = creer_utilisateur(StructureFactory())
    seance = ComiteTechnique.objects.create(structure=autre.organisation, date_seance=AUJOURD_HUI, cree_par=autre)
    assert proposer(seance, autre, AUJOURD_HUI) == []


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_personnes(paysage):
    """Une personne, puis douze de plus, chacune avec un frein bloqué et un PASS qui finit : autant de requêtes."""

    def requetes() -> int:
        with CaptureQueriesContext(
            connection,
        ) as lues:
            proposer(paysage.comite, paysage.facilitateur, AUJOURD_HUI)
        return len(lues)

    def ajouter_une_personne() -> None:
        personne = BeneficiaireFactory(structure=paysage.structure)
        parcours = Parcours.objects.create(beneficiaire=personne, date_debut=date(2026, 2, 2))
        Frein.objects.create(
            parcours=parcours,
            rubrique="logement",
            etat="repere",
            date_etat=date(2026, 3, 2),
            repere_le=date(2026, 3, 2),
        )
        AgrementFactory(beneficiaire=personne, type_agrement="pass_iae", date_fin=date(2026, 12, 31))
        OrientationFactory(
            prescripteur=paysage.prescripteur,
            auteur=paysage.compte_prescripteur,
            structure=paysage.structure,
            etat=EtatOrientation.ENVOYEE,
            envoyee_le=MAINTENANT,
        )

    ajouter_une_personne()
    requetes()  # l'organisation de l'utilisateur n'est lue qu'une fois
    pour_une = requetes()
    for _ in range(12):
        ajouter_une_personne()
    assert len(proposer(paysage.comite, paysage.facilitateur, AUJOURD_HUI)) == 39
    assert requetes() == pour_une == 6


def test_une_orientation_tranchee_sans_reponse_ne_revient_pas(paysage):
    """Le comité a dit oui : reste à répondre, plus à décider. Envoyée de nouveau après, elle se repose."""
    envoyee = datetime(2026, 10, 1, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le=envoyee,
    )
    avant = creer_seance(paysage, date(2026, 10, 6))
    tranche = PointComite.objects.create(
        comite=avant, sujet=SujetPoint.ORIENTATION, objet=orientation.pk, orientation=orientation, question="Accepter ?"
    )
    assert "orientation" in proposees(paysage)
    noter(tranche, "favorable", quand=datetime(2026, 10, 6, 10, 0, tzinfo=ZoneInfo("Europe/Paris")))
    assert proposees(paysage) == {}
    orientation.envoyee_le = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
    orientation.save()
    assert "orientation" in proposees(paysage)
