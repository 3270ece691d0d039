"""L'ordre du jour, les décisions, la clôture : ce que font les services du comité technique."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from comptes.models import Utilisateur
from parcours.models import ComiteTechnique, PointComite
from parcours.services.comites import (
    ajouter_point,
    clore_seance,
    deplacer_point,
    inscrire,
    preparer_seance,
    retirer_point,
    supprimer_seance,
)
from tests.fabriques import creer_utilisateur
from tests.parcours.comites.gestes import (
    AUJOURD_HUI,
    MAINTENANT,
    creer_frein,
    creer_seance,
    inscrire_tout,
    noter,
    point,
)

pytestmark = pytest.mark.django_db

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
