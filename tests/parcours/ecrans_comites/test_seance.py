"""Le comité technique à l'écran : préparer une séance, inscrire, clore."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaires.models import EtatOrientation
from parcours.models import ComiteTechnique, PointComite
from tests.fabriques import BeneficiaireFactory, OrientationFactory
from tests.lire_html import texte
from tests.parcours.ecrans_comites.gestes import adresse, creer_point, decide, envoyer, lire

pytestmark = pytest.mark.django_db

# --- la séance --------------------------------------------------------------------------------------------------------


def test_sans_seance_la_liste_dit_comment_commencer(facilitateur):
    """L'état vide porte le bouton."""
    ComiteTechnique.objects.all().delete()
    page = lire(facilitateur, adresse("comite_liste"))
    assert "Aucune séance pour l’instant" in page and "Préparer une séance" in page


def test_preparer_une_seance(facilitateur, paysage):
    """Le jour, le lieu, l'invité ; la page qui s'ouvre est la sienne."""
    reponse = envoyer(
        facilitateur,
        adresse("comite_creer"),
        date_seance="15/12/2026",
        lieu="Mairie annexe",
        partenaires=[paysage.prescripteur.pk],
    )
    seance = ComiteTechnique.objects.get(date_seance=date(2026, 12, 15))
    assert reponse.url == adresse("comite_detail", seance.pk)
    assert list(seance.partenaires.all()) == [paysage.prescripteur]
    page = lire(facilitateur, reponse.url)
    assert "En préparation" in page and "Mairie annexe" in page and "L’ordre du jour est vide." in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"date_seance": "31/02/2027"}, "Cette date n’existe pas"),
        ({"date_seance": "15/12/2062"}, "à plus d’un an d’aujourd’hui. Vérifiez l’année."),
        ({"date_seance": ""}, "Indiquez le jour de la séance."),
        ({"lieu": "x" * 10_000}, "160"),
        ({"lieu": "NIR 285056912345686"}, "numéro de sécurité sociale"),
        ({"partenaires": [str(uuid4())]}, "Sélectionnez un choix valide"),
    ],
)
def test_une_saisie_fausse_se_dit_et_ne_garde_rien(facilitateur, paysage, saisie, phrase):
    """La phrase, ce qui était tapé, et toujours une seule séance."""
    reponse = envoyer(
        facilitateur, adresse("comite_creer"), **({"date_seance": "15/12/2026", "lieu": "Mairie annexe"} | saisie)
    )
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert phrase in page and "Erreur" in reponse.content.decode()
    assert ComiteTechnique.objects.count() == 1


def test_un_acheteur_ne_s_invite_pas(facilitateur, paysage):
    """L'identifiant d'une autre organisation que les prescripteurs n'est pas un choix."""
    reponse = envoyer(
        facilitateur, adresse("comite_creer"), date_seance="15/12/2026", partenaires=[paysage.acheteur.pk]
    )
    assert reponse.status_code == 200 and ComiteTechnique.objects.count() == 1


def test_supprimer_une_seance_preparee_par_erreur(facilitateur, paysage):
    """Elle part ; une décision notée la garde, avec la phrase."""
    point = creer_point(paysage, paysage.sienne, **decide(paysage))
    url = adresse("comite_supprimer", paysage.comite.pk)
    refus = facilitateur.post(url)
    assert refus.status_code == 422 and "cette séance se garde" in refus.content.decode()
    point.delete()
    assert "supprimée" in texte(facilitateur.post(url, follow=True).content.decode())
    assert not ComiteTechnique.objects.exists()


# --- l'ordre du jour --------------------------------------------------------------------------------------------------


def test_cocher_inscrit_et_un_second_envoi_ne_double_rien(facilitateur, paysage):
    """Une orientation reçue se coche, entre à l'ordre du jour et n'est plus proposée."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le="2026-11-03T09:00:00+01:00",
        prenom="Oriane",
        nom_naissance="Reçue",
    )
    url = adresse("comite_detail", paysage.comite.pk)
    assert "1 point proposé" in lire(facilitateur, url)
    envoi = {"point": [f"orientation:{orientation.pk}"]}
    for phrase in ("1 point ajouté à l’ordre du jour.", "Rien de nouveau à inscrire"):
        reponse = facilitateur.post(adresse("comite_inscrire", paysage.comite.pk), envoi, follow=True)
        assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    assert PointComite.objects.get().orientation == orientation
    page = lire(facilitateur, url)
    assert "point proposé" not in page and "Oriane Reçue" in page


def test_un_point_libre_trouve_la_personne_par_son_nom(facilitateur, paysage):
    """Une seule Théodulie, écrite sans accent : elle est trouvée."""
    reponse = envoyer(
        facilitateur, adresse("point_creer", paysage.comite.pk), nom="theodulie", question="Une immersion ?"
    )
    point = PointComite.objects.get()
    assert (point.beneficiaire, point.sujet) == (paysage.sienne, "autre")
    assert reponse.url == f"{adresse('comite_detail', paysage.comite.pk)}#point-{point.pk}"


def test_deux_homonymes_se_departagent(facilitateur, paysage):
    """Le formulaire demande laquelle, avec sa naissance ; l'identifiant d'une personne d'ailleurs n'est pas un choix."""
    homonyme = BeneficiaireFactory(
        structure=paysage.structure, prenom="Théodulie", nom_naissance="Aspremont", date_naissance=date(1990, 5, 4)
    )
    ailleurs = BeneficiaireFactory(structure=paysage.autre_structure, nom_naissance="Aspremont")
    url = adresse("point_creer", paysage.comite.pk)
    envoi = {"nom": "Aspremont", "question": "Une immersion ?"}
    page = texte(envoyer(facilitateur, url, **envoi).content.decode()).replace("\u00a0", " ")
    assert "Plusieurs personnes portent ce nom. Choisissez la bonne." in page and "4 mai 1990" in page
    assert "Plusieurs" in facilitateur.post(url, envoi | {"choix": str(ailleurs.pk)}).content.decode()
    assert not PointComite.objects.exists()
    facilitateur.post(url, envoi | {"choix": str(homonyme.pk)})
    assert PointComite.objects.get().beneficiaire == homonyme


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"nom": "Personne-Inconnue"}, "Aucune personne suivie par votre structure ne porte ce nom."),
        ({"question": ""}, "Écrivez la question."),
        ({"question": "NIR 285056912345686"}, "numéro de sécurité sociale"),
        ({"question": "q" * 10_000}, "300"),
        ({"nom": "Théo\x00dulie"}, "nul"),
    ],
)
def test_un_point_mal_ecrit_se_dit(facilitateur, paysage, saisie, phrase):
    """Rien n'entre à l'ordre du jour."""
    envoi = {"nom": "Théodulie", "question": "Une immersion ?"} | saisie
    reponse = facilitateur.post(adresse("point_creer", paysage.comite.pk), envoi)
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    assert not PointComite.objects.exists()


def test_monter_descendre_retirer_sans_script(facilitateur, paysage):
    """Trois boutons, trois envois ; un mot inconnu ne déplace rien."""
    premier, second = creer_point(paysage, paysage.sienne, rang=0), creer_point(paysage, paysage.autre, rang=1)
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "haut"})
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "ailleurs"})
    assert list(paysage.comite.points.all()) == [second, premier]
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "bas"})
    assert list(paysage.comite.points.all()) == [premier, second]
    facilitateur.post(adresse("point_retirer", second.pk))
    assert list(paysage.comite.points.all()) == [premier]


# --- la clôture -------------------------------------------------------------------------------------------------------


def test_clore_dit_ce_qui_n_est_pas_decide_puis_fige(facilitateur, paysage):
    """Le point indécis est nommé avant ; après, plus un bouton, et les écritures reviennent avec la phrase."""
    point = creer_point(paysage, paysage.sienne)
    url = adresse("comite_clore", paysage.comite.pk)
    assert "Un point n’a pas de décision" in lire(facilitateur, url)
    envoyer(facilitateur, url, presents=[paysage.prescripteur.pk])
    paysage.comite.refresh_from_db()
    assert paysage.comite.est_close and list(paysage.comite.presents.all()) == [paysage.prescripteur]
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Compte rendu (PDF)" in page and "Mission locale du Confluent" in page
    for bouton in ("Décider", "Retirer", "Modifier", "Clore la séance", "Ajouter un point"):
        assert bouton not in page
    for ecriture, saisie in (
        (adresse("point_decider", point.pk), {"decision": "favorable"}),
        (adresse("point_retirer", point.pk), {}),
        (adresse("point_deplacer", point.pk), {"vers": "haut"}),
        (adresse("comite_modifier", paysage.comite.pk), {"date_seance": "25/11/2026"}),
        (adresse("comite_inscrire", paysage.comite.pk), {"point": "x"}),
        (adresse("point_creer", paysage.comite.pk), {"nom": "Gontran", "question": "Et ?"}),
        (url, {}),
    ):
        reponse = facilitateur.post(ecriture, saisie, follow=True)
        assert "close depuis le" in reponse.content.decode(), ecriture
    assert list(paysage.comite.points.values_list("decision", flat=True)) == [""]


def test_une_seance_vide_ne_se_clot_pas(facilitateur, paysage):
    """La phrase dit pourquoi."""
    reponse = envoyer(facilitateur, adresse("comite_clore", paysage.comite.pk))
    assert "L’ordre du jour est vide" in reponse.content.decode()
    paysage.comite.refresh_from_db()
    assert not paysage.comite.est_close


# --- le temps ---------------------------------------------------------------------------------------------------------


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_points(facilitateur, paysage):
    """Un point, puis vingt de plus : la séance, la liste et le compte rendu lisent autant."""
    urls = [adresse("comite_detail", paysage.comite.pk), adresse("comite_liste")]

    def requetes() -> list[int]:
        nombres = []
        for url in urls:
            with CaptureQueriesContext(connection) as lues:
                facilitateur.get(url)
            nombres.append(len(lues))
        return nombres

    def ajouter(rang: int) -> None:
        creer_point(paysage, BeneficiaireFactory(structure=paysage.structure), rang=rang, **decide(paysage))

    ajouter(0)
    requetes()
    pour_un = requetes()
    for rang in range(1, 21):
        ajouter(rang)
    assert requetes() == pour_un
    ComiteTechnique.objects.update(close_le="2026-11-24T12:10:00+01:00")
    urls[:] = [reverse("reporting:comite_compte_rendu", args=[paysage.comite.pk])]
    pour_vingt = requetes()
    PointComite.objects.filter(rang__gte=2).delete()
    assert requetes() == pour_vingt
