"""Le comité technique à l'écran : décider, et ce que la décision ouvre."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaires.models import EtatOrientation
from parcours.models import ComiteTechnique, PointComite, SujetPoint
from tests.fabriques import AgrementFactory, EligibiliteFactory, OrientationFactory, creer_utilisateur
from tests.lire_html import formulaires, texte
from tests.parcours.ecrans_comites.gestes import adresse, creer_point, decide, envoyer, lire

pytestmark = pytest.mark.django_db


def test_decider_en_passant_au_suivant(facilitateur, paysage):
    """La décision garde l'auteur et l'heure, la page du point suivant s'ouvre ; au dernier, la séance."""
    premier, second = creer_point(paysage, paysage.sienne, rang=0), creer_point(paysage, paysage.autre, rang=1)
    reponse = envoyer(
        facilitateur, adresse("point_decider", premier.pk), decision="ajournee", motif="Le devis manque", suivant="1"
    )
    assert reponse.url == adresse("point_decider", second.pk)
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Ajournée" in page and "Le devis manque" in page and "le 24 novembre 2026 à 10 h 12" in page
    reponse = envoyer(facilitateur, reponse.url, decision="favorable", suivant="1")
    assert reponse.url == f"{adresse('comite_detail', paysage.comite.pk)}#point-{second.pk}"
    assert "Tout est décidé." in lire(facilitateur, reponse.url)


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"decision": "defavorable"}, "Dites pourquoi la décision est défavorable ou ajournée."),
        ({"decision": ""}, "Choisissez la décision."),
        ({"decision": "peut-être"}, "Sélectionnez un choix valide"),
        ({"motif": "Son NIR est 285056912345686"}, "numéro de sécurité sociale"),
        ({"motif": "m" * 10_000}, "1000"),
    ],
)
def test_une_decision_mal_ecrite_se_dit_et_se_garde_a_l_ecran(facilitateur, paysage, saisie, phrase):
    """Le point reste à décider ; le motif tapé est encore là."""
    point = creer_point(paysage, paysage.sienne)
    reponse = envoyer(facilitateur, adresse("point_decider", point.pk), **({"decision": "favorable"} | saisie))
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", "").replace("\u202f", "") or (
        phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    )
    assert saisie.get("motif", "") in reponse.content.decode()
    point.refresh_from_db()
    assert (point.decision, point.motif) == ("", "")


def test_deux_facilitateurs_ecrivent_en_meme_temps(facilitateur, paysage):
    """Le second lit la décision du premier (409), rien n'est écrasé ; il enregistre de nouveau et la sienne prend la place."""
    point = creer_point(paysage, paysage.sienne)
    url = adresse("point_decider", point.pk)
    lu = next(f.valeurs for f in formulaires(facilitateur.get(url).content.decode()) if f.methode == "post")
    autre = creer_utilisateur(paysage.structure)
    PointComite.objects.update(**decide(paysage, decide_par=autre, motif="Place en janvier"))
    reponse = facilitateur.post(url, lu | {"decision": "ajournee", "motif": "Attendre"})
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert reponse.status_code == 409
    assert "Deux décisions pour ce point" in page and "a noté « Favorable » (Place en janvier)" in page
    point.refresh_from_db()
    assert (point.decision, point.decide_par) == ("favorable", autre)
    relu = next(f.valeurs for f in formulaires(reponse.content.decode()) if f.methode == "post")
    assert relu["motif"] == ["Attendre"] and relu["decision"] == ["ajournee"]
    assert facilitateur.post(url, relu).status_code == 302
    point.refresh_from_db()
    assert (point.decision, point.motif, point.decide_par) == ("ajournee", "Attendre", paysage.facilitateur)


def test_avant_le_jour_de_la_seance_rien_ne_se_decide(facilitateur, paysage):
    """Ni bouton, ni écriture : la phrase dit quand."""
    ComiteTechnique.objects.update(date_seance=date(2026, 12, 1))
    point = creer_point(paysage, paysage.sienne)
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Décider" not in page and "Clore la séance" not in page
    reponse = envoyer(facilitateur, adresse("point_decider", point.pk), decision="favorable")
    assert "ses décisions se notent à partir de ce jour" in reponse.content.decode()
    point.refresh_from_db()
    assert point.decision == ""


def test_la_suite_d_une_decision_est_a_un_clic(facilitateur, paysage):
    """Accepter l'orientation ; renouveler l'éligibilité et le PLIE, avec l'avis du comité. Rien ne s'est fait tout seul."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le="2026-11-03T09:00:00+01:00",
    )
    eligibilite = EligibiliteFactory(
        operation=paysage.operation, beneficiaire=paysage.sienne, regle=paysage.regle, decide_par=paysage.facilitateur
    )
    plie = AgrementFactory(beneficiaire=paysage.sienne, type_agrement="plie", date_fin=date(2026, 12, 31))
    commun = decide(paysage, motif="La formation finit en juin.")
    PointComite.objects.create(
        comite=paysage.comite,
        sujet=SujetPoint.ORIENTATION,
        objet=orientation.pk,
        orientation=orientation,
        question="Accepter ?",
        **commun,
    )
    for objet in (eligibilite, plie):
        creer_point(paysage, paysage.sienne, sujet=SujetPoint.RENOUVELLEMENT, objet=objet.pk, **commun)
    page = facilitateur.get(adresse("comite_detail", paysage.comite.pk)).content.decode()
    assert reverse("beneficiaires:orientation_accepter", args=[orientation.pk]) in page
    assert f"{reverse('clauses:eligibilite_renouveler', args=[eligibilite.pk])}?comite=2026-11-24" in page
    point = PointComite.objects.get(objet=plie.pk)
    renouveler = f"{adresse('renouvellement_creer', plie.pk)}?point={point.pk}"
    assert renouveler in page
    formulaire = next(
        f.valeurs for f in formulaires(facilitateur.get(renouveler).content.decode()) if f.methode == "post"
    )
    assert formulaire["avis_organisme"] == ["Comité technique"] and formulaire["avis_date"] == ["24/11/2026"]
    assert formulaire["avis_texte"][0].replace("\u00a0", " ") == (
        "Comité technique du 24 novembre 2026. La formation finit en juin."
    )
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE and not plie.renouvellements.exists()


@pytest.mark.parametrize("point", ["nimporte", "", "5d0f2c1e-6b1a-4c0e-9d55-0a3f0a7b9c11"])
def test_un_avis_d_ailleurs_ne_remplit_rien(facilitateur, paysage, point):
    """L'adresse inventée ouvre un formulaire vide."""
    plie = AgrementFactory(beneficiaire=paysage.sienne, type_agrement="plie", date_fin=date(2026, 12, 31))
    page = facilitateur.get(f"{adresse('renouvellement_creer', plie.pk)}?point={point}")
    assert page.status_code == 200 and "Comité technique du" not in page.content.decode()
