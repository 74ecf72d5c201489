/* SPDX-License-Identifier: Apache-2.0
 * The handlers of this room, by file; the table of routes is in flow.c. */
#ifndef FLOW_OPERATIONS_H
#define FLOW_OPERATIONS_H

#include "api/route.h"

/* eligibility.c, referral.c, referral_list.c */
route_handler flow_assess;
route_handler flow_accept;
route_handler flow_refuse;
route_handler flow_referrals;
/* admission.c, discharge.c */
route_handler flow_admit;
route_handler flow_discharge;
/* transition.c */
route_handler flow_step_up;
route_handler flow_return;
/* plan.c */
route_handler flow_review;
route_handler flow_change_plan;
/* escalation.c */
route_handler flow_escalate;
/* round.c, occupancy.c, sitrep.c, measure.c, summary_page.c */
route_handler flow_round;
route_handler flow_occupancy;
route_handler flow_sitrep;
route_handler flow_evaluate_measure;
route_handler flow_chart_pdf;
route_handler flow_summary;
/* weekly_page.c */
route_handler flow_weekly_reports;

#endif
