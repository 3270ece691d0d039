"""L'accueil de chaque profil, à la même adresse."""

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from beneficiaires.periodes import dernier_mois_clos, mois_de
from beneficiaires.regles import DELAI_REPONSE_JOURS
from clauses.avancement import avancements_des_engagements, par_titulaire, totaliser
from clauses.declarations.suivi import mois_de_l_entreprise
from clauses.models import Candidature, Engagement, Offre, Preuve
from clauses.models.confirmations import releves_a_confirmer
from clauses.regles.projets import Partie
from comptes.formats import date_longue, nombre, part, pourcent, quantite
from comptes.formats import mois as nom_du_mois
from comptes.models import COORDINATION, Organisation, Profil
from reporting import suivi_prescripteur, tableau_de_bord
from reporting.echeancier import Tranches, fil_de_la_semaine, lire_echeances
from reporting.graphiques import barres_mensuelles
from reporting.models import Bilan, ReglageEcheances, SeuilAlerte, TypeAlerte

OPERATIONS_MONTREES = 6
PERSONNES_PAR_PAGE = 25
# Les autres tâches ont leur carte, comptée sur le moment : titulaires en retard, orientations.
TACHES_LISTEES = (
    TypeAlerte.DECISION_MANQUANTE,
    TypeAlerte.MOIS_SANS_HEURES,
    TypeAlerte.SUIVI,
    TypeAlerte.PIECE,
    TypeAlerte.COURRIEL_REVENU,
    TypeAlerte.CONTACT_SILENCE,
)


def accueil(request: HttpRequest) -> HttpResponse:
    match request.user.profil:
        case Profil.FACILITATEUR:
            return _facilitateur(request)
        case Profil.PRESCRIPTEUR:
            return _prescripteur(request)
        case Profil.ACHETEUR:
            return _acheteur(request)
        case Profil.ENTREPRISE:
            return _entreprise(request)
        case profil if profil == COORDINATION:
            return redirect("reporting:totaux")
    return render(request, "reporting/accueil/sans_acces.html", status=403)


def _facilitateur(request: HttpRequest) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    arrete_au = dernier_mois_clos(aujourd_hui)
    lignes = tableau_de_bord.lignes_ouvertes(request.user, arrete_au=arrete_au, aujourd_hui=aujourd_hui)
    territoire = tableau_de_bord.territoire(request.user, lignes, arrete_au=arrete_au)
    operations = tableau_de_bord.operations_en_cours(lignes)
    echeances = lire_echeances(request.user, aujourd_hui)
    tranches = echeances.tranches
    agrements = tranches[TypeAlerte.PASS_IAE] + tranches[TypeAlerte.PLIE]
    autres_fins = tranches[TypeAlerte.CONTRAT] + tranches[TypeAlerte.MARCHE] + tranches[TypeAlerte.SITUATION]
    libelles = ReglageEcheances.de(request.user.organisation).libelles
    orientations = tableau_de_bord.orientations_sans_reponse(request.user, aujourd_hui=aujourd_hui)
    return render(
        request,
        "reporting/accueil/facilitateur.html",
        {
            "aujourd_hui": aujourd_hui,
            "arrete_au": arrete_au,
            "legende_attendu": f"attendu au {date_longue(arrete_au)}",
            "heures": tableau_de_bord.heures_a_verifier(request.user),
            "retards": tableau_de_bord.retards(lignes, arrete_au=arrete_au),
            "orientations": orientations,
            "avis_attendus": tableau_de_bord.projets_en_attente(request.user, Partie.FACILITATEUR),
            "candidats": tableau_de_bord.candidats_a_suivre(request.user, aujourd_hui=aujourd_hui),
            "partages": tableau_de_bord.partages_a_repondre(request.user),
            "litiges": tableau_de_bord.litiges_ouverts(request.user, aujourd_hui=aujourd_hui),
            "preuves": Preuve.objects.pour(request.user).a_regarder().count(),
            "justificatifs": tableau_de_bord.justificatifs_manquants(request.user, aujourd_hui=aujourd_hui),
            "eligibilites": tranches[TypeAlerte.ELIGIBILITE],
            "agrements": agrements,
            "autres_fins": autres_fins,
            "taches": [(t, tranches[t]) for t in TACHES_LISTEES if tranches[t].total],
            "libelles": libelles,
            "urgences": _urgences(tranches, agrements, autres_fins, orientations["anciennes"], libelles),
            "nombre_pass": tranches[TypeAlerte.PASS_IAE].a_venir,
            "nombre_plie": tranches[TypeAlerte.PLIE].a_venir,
            "operations": operations[:OPERATIONS_MONTREES],
            "nombre_operations": len(operations),
            "semaine": fil_de_la_semaine(request.user, aujourd_hui, echeances.fins_de_la_semaine),
            "territoire": territoire,
            "arrete_texte": date_longue(arrete_au),
            "evolution": _evolution(territoire),
            "annee_passee": territoire.annee - 1,
            "barres": barres_mensuelles(territoire.mois, _conclusion(territoire)),
        },
    )


def _urgences(
    tranches: Mapping[str, Tranches],
    agrements: Tranches,
    autres_fins: Tranches,
    orientations: int,
    libelles: Mapping[str, str],
) -> list[tuple[str, str]]:
    """Ce qui ne peut plus attendre : la phrase, et la liste où elle mène."""
    liste, a_temps = reverse("reporting:alerte_liste"), f"à {libelles[SeuilAlerte.J30]}"
    embauches = tranches[TypeAlerte.DECISION_MANQUANTE].total
    comptes = (
        (
            tranches[TypeAlerte.ELIGIBILITE].j30,
            f"éligibilité {a_temps},éligibilités {a_temps}",
            "type=eligibilite&seuil=j30",
        ),
        (agrements.j30, f"agrément {a_temps},agréments {a_temps}", "type=agrements&seuil=j30"),
        (autres_fins.j30, f"autre fin {a_temps},autres fins {a_temps}", "type=autres_fins&seuil=j30"),
        (embauches, "embauche sans décision favorable,embauches sans décision favorable", "type=decision_manquante"),
    )
    urgences = [(quantite(nombre, mots), f"{liste}?{filtre}") for nombre, mots, filtre in comptes if nombre]
    if orientations:
        mots = f"orientation sans réponse depuis plus de {DELAI_REPONSE_JOURS}\xa0jours"
        adresse = reverse("beneficiaires:orientation_liste") + "?attente=depassee"
        urgences.append((quantite(orientations, f"{mots},{mots.replace('orientation', 'orientations')}"), adresse))
    return urgences


def _conclusion(territoire: tableau_de_bord.Territoire) -> str:
    if not territoire.validees:
        return f"Aucune heure validée en {territoire.annee}."
    plus_fort = max(territoire.mois, key=lambda paire: paire[1])
    return (
        f"Heures validées par mois en {territoire.annee}\xa0: {nombre(territoire.validees)} en tout, "
        f"le plus en {nom_du_mois(plus_fort[0])} avec {nombre(plus_fort[1])}."
    )


def _evolution(territoire: tableau_de_bord.Territoire) -> str:
    """« 9 % de plus », « 4 % de moins », ou rien quand l'an passé ne se compare pas."""
    if not territoire.validees_an_passe:
        return ""
    ecart = territoire.validees - territoire.validees_an_passe
    sens = "de plus" if ecart >= 0 else "de moins"
    return f"{pourcent(part(abs(ecart), territoire.validees_an_passe))} {sens}"


def _prescripteur(request: HttpRequest) -> HttpResponse:
    aujourd_hui = timezone.localdate()
    personnes = Paginator(suivi_prescripteur.personnes(request.user, aujourd_hui), PERSONNES_PAR_PAGE)
    contexte = {
        "aujourd_hui": aujourd_hui,
        "changements": suivi_prescripteur.changements(request.user, aujourd_hui),
        "jours": suivi_prescripteur.JOURS_REGARDES,
        "a_faire": suivi_prescripteur.a_faire(request.user, aujourd_hui),
        "page": personnes.get_page(request.GET.get("page")),
        "offres": Offre.objects.ouvertes(aujourd_hui).count(),
    }
    return render(request, "reporting/accueil/prescripteur.html", contexte)


def _acheteur(request: HttpRequest) -> HttpResponse:
    arrete_au = dernier_mois_clos(timezone.localdate())
    lignes = avancements_des_engagements(Engagement.objects.pour(request.user), jour=arrete_au)
    operations = tableau_de_bord.operations_en_cours(lignes)
    return render(
        request,
        "reporting/accueil/acheteur.html",
        {
            "arrete_au": arrete_au,
            "legende_attendu": f"attendu au {date_longue(arrete_au)}",
            "operations": operations,
            "total": totaliser(lignes, jour=arrete_au),
            "entreprises": len({ligne.titulaire.entreprise_id for ligne in lignes}),
            "aujourd_hui": timezone.localdate(),
            "avis_demandes": tableau_de_bord.projets_en_attente(request.user, Partie.FACILITATEUR),
            "precisions": tableau_de_bord.projets_en_attente(request.user, Partie.ACHETEUR),
            "bilans": Bilan.objects.pour(request.user).select_related("marche__operation")[:5],
            "structures": Organisation.objects.filter(
                pk__in={ligne.operation.structure_id for ligne in lignes}
            ).order_by("nom"),
        },
    )


def _entreprise(request: HttpRequest) -> HttpResponse:
    arrete_au = dernier_mois_clos(timezone.localdate())
    lignes = avancements_des_engagements(Engagement.objects.pour(request.user), jour=arrete_au)
    declarations = mois_de_l_entreprise(request.user, timezone.localdate())
    return render(
        request,
        "reporting/accueil/entreprise.html",
        {
            "arrete_au": arrete_au,
            "legende_attendu": f"attendu au {date_longue(arrete_au)}",
            "lignes": lignes,
            "titulaires": par_titulaire(lignes),
            "total": totaliser(lignes, jour=arrete_au),
            "adresse_grille": reverse("clauses:heures"),
            "marches": list(dict.fromkeys(ligne.titulaire.lot.marche for ligne in lignes)),
            "candidats": Candidature.objects.pour(request.user).en_cours().count(),
            "a_confirmer": releves_a_confirmer(request.user.organisation).count(),
            "pieces_a_refaire": Preuve.objects.pour(request.user).a_refaire().count(),
            "mois": mois_de(arrete_au),
            "declarations": declarations,
            # Le plus ancien mois qui manque : la seule action pleine de la page.
            "mois_du": next((mois for mois in reversed(declarations) if not mois.est_recu), None),
        },
    )
