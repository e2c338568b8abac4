from django.urls import path

from encaisse.web.app.forecast import objective_views, views

_board = "previsions/"
_objective = f"{_board}objectif/"

urlpatterns = [
    path(_board, views.forecast, name="forecast"),
    path(f"{_board}export.<slug:kind>", views.export_forecast, name="forecast_export"),
    path(f"{_board}deplacer/", views.move, name="forecast_move"),
    path(f"{_board}semaine/", views.week, name="forecast_week"),
    path(_objective, objective_views.cash_objective, name="cash_objective"),
    path(
        f"{_objective}export.<slug:kind>",
        objective_views.export_cash_objective,
        name="cash_objective_export",
    ),
    path(f"{_objective}objectifs/", objective_views.cash_targets, name="cash_targets"),
]
