"""Les échéances : la liste, ce que l'on en fait, ce qui les annonce hors du site, et les travaux qui les tiennent."""

from django.urls import path

from reporting.views import alertes, mes_echeances, reglages_alertes, travaux

urlpatterns = [
    path("echeances/", alertes.alerte_liste, name="alerte_liste"),
    path("echeances/selection/", alertes.alerte_lot, name="alerte_lot"),
    path("echeances/reglages/", reglages_alertes.reglages, name="reglages_echeances"),
    path("echeances/<uuid:pk>/traiter/", alertes.alerte_traiter, name="alerte_traiter"),
    path("echeances/<uuid:pk>/reporter/", alertes.alerte_reporter, name="alerte_reporter"),
    path("echeances/<uuid:pk>/confier/", alertes.alerte_confier, name="alerte_confier"),
    path("mon-compte/echeances/", mes_echeances.mes_echeances, name="mes_echeances"),
    path("mon-compte/echeances/agenda/", mes_echeances.agenda_changer, name="agenda_changer"),
    path("desabonnement/<str:jeton>/", mes_echeances.desabonnement, name="desabonnement"),
    path("agenda/<str:cle>.ics", mes_echeances.agenda, name="agenda"),
    path("travaux/", travaux.travaux, name="travaux"),
]
