"""L'ordre du jour proposé, les décisions, la clôture : ce que font les services du comité technique."""

import copy
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beneficiaires.models import EtatOrientation
from clauses.models import Eligibilite
from comptes.models import Utilisateur
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
from parcours.services.comites import (
    ajouter_point,
    clore_seance,
    deplacer_point,
    inscrire,
    preparer_seance,
    retirer_point,
    supprimer_seance,
)
from parcours.services.decisions_comite import decider
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    OrientationFactory,
    Paysage,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db
AUJOURD_HUI = date(2026, 11, 24)
MAINTENANT = datetime(2026, 11, 24, 10, 12, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le 24 novembre 2026, jour de la séance. Une personne sans contrat ni agrément a un parcours depuis le 2 février."""
    with time_machine.travel(MAINTENANT, tick=False):
        paysage = Paysage()
        paysage.beneficiaire = BeneficiaireFactory(structure=paysage.structure, prescripteur=paysage.prescripteur)
        paysage.parcours = Parcours.objects.create(beneficiaire=paysage.beneficiaire, date_debut=date(2026, 2, 2))
        paysage.comite = creer_seance(paysage, AUJOURD_HUI)
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel(MAINTENANT, tick=False):
        yield copy.deepcopy(_paysage_bati)


def creer_seance(paysage, jour: date) -> ComiteTechnique:
    return ComiteTechnique.objects.create(structure=paysage.structure, date_seance=jour, cree_par=paysage.facilitateur)


def creer_frein(paysage, jour: date) -> Frein:
    return Frein.objects.create(
        parcours=paysage.parcours, rubrique="mobilite", etat="repere", date_etat=jour, repere_le=jour
    )


def proposees(paysage, comite=None) -> dict[str, str]:
    """Sujet → question, espaces ordinaires."""
    trouvees = proposer(comite or paysage.comite, paysage.facilitateur, AUJOURD_HUI)
    return {p.sujet.value: p.question.replace("\u00a0", " ") for p in trouvees}


def point(comite, paysage, sujet=SujetPoint.AUTRE, objet=None, **suite) -> PointComite:
    valeurs = {"question": "Et après ?", "beneficiaire": paysage.beneficiaire, "objet": objet or uuid4()}
    return PointComite.objects.create(comite=comite, sujet=sujet, **(valeurs | suite))


def noter(point, decision: str, motif: str = "", auteur=None, lue: str = "", quand: datetime = MAINTENANT):
    return decider(
        point=point,
        decision=decision,
        motif=motif,
        version_lue=lue,
        auteur=auteur or point.comite.cree_par,
        maintenant=quand,
        aujourd_hui=AUJOURD_HUI,
    )


def inscrire_tout(paysage, comite=None) -> int:
    comite = comite or paysage.comite
    cles = {p.cle for p in proposer(comite, paysage.facilitateur, AUJOURD_HUI)}
    return inscrire(comite=comite, cles=cles, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)


# --- ce qui se propose ------------------------------------------------------------------------------------------------


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


# --- l'ordre du jour --------------------------------------------------------------------------------------------------


def test_inscrire_deux_fois_ne_double_rien(paysage):
    """Le second envoi ne trouve plus rien à inscrire ; une clé inventée n'inscrit rien."""
    frein = creer_frein(paysage, date(2026, 5, 4))
    envoi = {"comite": paysage.comite, "utilisateur": paysage.facilitateur, "aujourd_hui": AUJOURD_HUI}
    assert [inscrire(cles={f"frein:{frein.pk}"}, **envoi) for _ in range(2)] == [1, 0]
    assert inscrire(cles={f"frein:{uuid4()}", "n’importe quoi"}, **envoi) == 0
    assert PointComite.objects.count() == 1


def test_les_points_montent_et_descendent(paysage):
    """Trois points ; le dernier monte de deux crans, un cran de trop ne fait rien."""
    *_, c = (point(paysage.comite, paysage, question=q, rang=rang) for rang, q in enumerate("abc"))

    def ordre() -> str:
        return "".join(paysage.comite.points.values_list("question", flat=True))

    for attendu in ("acb", "cab", "cab"):
        deplacer_point(point=c, cran=-1)
        assert ordre() == attendu
    deplacer_point(point=c, cran=1)
    assert ordre() == "acb"


def test_un_point_decide_ne_se_retire_pas(paysage):
    """La phrase dit quoi faire ; sans décision, il part."""
    decide, libre = point(paysage.comite, paysage), point(paysage.comite, paysage)
    noter(decide, "favorable")
    with pytest.raises(ValidationError, match="effacez-la d’abord"):
        retirer_point(point=decide)
    retirer_point(point=libre)
    assert list(paysage.comite.points.all()) == [decide]


def test_la_meme_question_libre_n_entre_qu_une_fois(paysage):
    """Un double envoi rend le même point."""
    deux = [
        ajouter_point(comite=paysage.comite, beneficiaire=paysage.beneficiaire, question="Une immersion ? ")
        for _ in range(2)
    ]
    assert deux[0] == deux[1] and PointComite.objects.count() == 1


# --- les décisions ----------------------------------------------------------------------------------------------------


def test_une_decision_garde_son_auteur_et_son_heure(paysage):
    """Et l'envoi du double ne les change pas, même une minute plus tard par un autre."""
    autre = creer_utilisateur(paysage.structure)
    decide = noter(point(paysage.comite, paysage), "favorable", " Devis reçu ")
    assert (decide.decision, decide.motif) == ("favorable", "Devis reçu")
    assert (decide.decide_par, decide.decide_le) == (paysage.facilitateur, MAINTENANT)
    encore = noter(decide, "favorable", "Devis reçu", auteur=autre, quand=MAINTENANT + timedelta(minutes=1))
    assert (encore.decide_par, encore.decide_le) == (paysage.facilitateur, MAINTENANT)


def test_on_n_ecrase_pas_la_decision_d_un_autre_sans_l_avoir_lue(paysage):
    """Le refus dit qui, quoi, quand ; avec la version lue, la nouvelle prend la place, et le journal garde les deux."""
    autre = creer_utilisateur(paysage.structure)
    Utilisateur.objects.filter(pk=autre.pk).update(prenom="Samir", nom="Lahlou")
    decide = noter(point(paysage.comite, paysage), "defavorable", "Pas de place", auteur=autre)
    with pytest.raises(ValidationError) as refus:
        noter(decide, "favorable")
    assert refus.value.code == "conflit"
    assert refus.value.message.replace("\u00a0", " ") == (
        "Samir Lahlou a noté « Défavorable » (Pas de place) le 24 novembre 2026 à 10 h 12, pendant que vous écriviez. "
        "Relisez, puis enregistrez de nouveau pour mettre la vôtre à la place."
    )
    assert PointComite.objects.get().decision == "defavorable"
    remplacee = noter(decide, "favorable", lue=decide.version, quand=MAINTENANT + timedelta(minutes=5))
    assert remplacee.decide_par == paysage.facilitateur
    histoire = decide.events.order_by("pgh_id").values_list("decision", flat=True)
    assert list(histoire) == ["", "defavorable", "favorable"]


def test_une_decision_s_efface_entiere(paysage):
    """Ni motif, ni auteur, ni heure ne restent sur le point."""
    decide = noter(point(paysage.comite, paysage), "ajournee", "À revoir")
    efface = noter(decide, "", "texte resté", lue=decide.version)
    assert (efface.decision, efface.motif, efface.decide_par, efface.decide_le) == ("", "", None, None)


@pytest.mark.parametrize("decision", ["defavorable", "ajournee"])
def test_sans_motif_rien_n_est_note(paysage, decision):
    """La phrase va au champ du motif."""
    with pytest.raises(ValidationError) as refus:
        noter(point(paysage.comite, paysage), decision, "  ")
    assert refus.value.message_dict == {"motif": ["Dites pourquoi la décision est défavorable ou ajournée."]}
    assert PointComite.objects.get().decision == ""


def test_un_numero_de_securite_sociale_n_entre_pas_dans_un_motif(paysage):
    """Rien n'est gardé."""
    with pytest.raises(ValidationError, match="numéro de sécurité sociale"):
        noter(point(paysage.comite, paysage), "favorable", "NIR 2 85 05 69 123 456 86")
    assert PointComite.objects.get().decision == ""


# --- la clôture -------------------------------------------------------------------------------------------------------


def test_une_seance_close_ne_change_plus(paysage):
    """Chaque service refuse, avec la même phrase, et rien ne bouge."""
    un_point, comite = point(paysage.comite, paysage), paysage.comite
    creer_frein(paysage, date(2026, 5, 4))
    clore_seance(comite=comite, presents=[paysage.prescripteur], maintenant=MAINTENANT, aujourd_hui=AUJOURD_HUI)
    comite.refresh_from_db()
    assert comite.close_le == MAINTENANT and list(comite.presents.all()) == [paysage.prescripteur]
    gestes = (
        lambda: noter(un_point, "favorable"),
        lambda: retirer_point(point=un_point),
        lambda: deplacer_point(point=un_point, cran=1),
        lambda: ajouter_point(comite=comite, beneficiaire=paysage.beneficiaire, question="Et ?"),
        lambda: inscrire_tout(paysage),
        lambda: preparer_seance(comite=comite, partenaires=[], aujourd_hui=AUJOURD_HUI),
        lambda: clore_seance(comite=comite, presents=[], maintenant=MAINTENANT, aujourd_hui=AUJOURD_HUI),
    )
    for geste in gestes:
        with pytest.raises(ValidationError, match="close depuis le"):
            geste()
    assert list(comite.points.values_list("decision", flat=True)) == [""]
    assert list(comite.presents.all()) == [paysage.prescripteur]


# --- la séance --------------------------------------------------------------------------------------------------------


def test_un_double_envoi_ne_prepare_qu_une_seance(paysage):
    """Le même jour au même endroit, la majuscule ne compte pas ; ailleurs, ou un autre jour, c'en est une autre."""

    def preparer(jour: date, lieu: str) -> None:
        seance = ComiteTechnique(
            structure=paysage.structure, date_seance=jour, lieu=lieu, cree_par=paysage.facilitateur
        )
        preparer_seance(comite=seance, partenaires=[paysage.prescripteur], aujourd_hui=AUJOURD_HUI)

    preparer(date(2026, 12, 15), "Mairie")
    with pytest.raises(ValidationError) as refus:
        preparer(date(2026, 12, 15), "mairie")
    assert list(refus.value.message_dict) == ["date_seance"]
    preparer(date(2026, 12, 15), "Préfecture")
    preparer(date(2026, 12, 16), "Mairie")
    assert ComiteTechnique.objects.filter(date_seance__gte=date(2026, 12, 15)).count() == 3
    seance = ComiteTechnique.objects.get(date_seance=date(2026, 12, 16))
    preparer_seance(comite=seance, partenaires=[], aujourd_hui=AUJOURD_HUI)
    assert not seance.partenaires.exists(), "elle se corrige sans se gêner elle-même"


def test_une_seance_se_supprime_tant_que_rien_n_y_est_decide(paysage):
    """Avec son ordre du jour ; une décision notée la garde, une clôture aussi."""
    creer_frein(paysage, date(2026, 5, 4))
    inscrire_tout(paysage)
    supprimer_seance(comite=paysage.comite)
    assert not PointComite.objects.exists()
    gardee = creer_seance(paysage, AUJOURD_HUI)
    noter(point(gardee, paysage), "favorable")
    with pytest.raises(ValidationError, match="cette séance se garde"):
        supprimer_seance(comite=gardee)
    assert list(ComiteTechnique.objects.all()) == [gardee]


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
