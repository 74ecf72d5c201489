/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/stay_chart.h"

#include "ward/chart.h"

static int band_of(struct stay_chart *chart, struct str code)
{
	for (int band = 0; code.len > 0 && band < score_band_count(SCORE_NPEWS); band++) {
		if (str_equal(chart_code(chart->arena, band), code) ||
		    str_equal(score_band_name(SCORE_NPEWS, band), code))
			return band;
	}
	return -1;
}

static void put_parts(struct text *text, const struct json *components)
{
	const char *comma = ": ";
	for (const struct json *at = components == NULL ? NULL : components->child; at != NULL;
	     at = at->next) {
		struct str name = json_get_text(json_get(at, STR("code")), STR("text"));
		struct str points = json_get_text(json_get(at, STR("valueQuantity")), STR("value"));
		struct str colour = model_code(json_get(at, STR("valueCodeableConcept")),
					       STR(HOMEWARD_URL "CodeSystem/colour"));
		for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
			if (!str_equal(name, score_input_name((enum score_input)input)) ||
			    str_equal(points, STR("0")) || str_equal(colour, STR("white")) ||
			    (points.len == 0 && colour.len == 0))
				continue;
			struct str label = reading_input_label(input);
			text_put_format(text, "%s%.*s %.*s", comma, STR_ARG(label),
					STR_ARG((points.len > 0 ? points : colour)));
			comma = ", ";
		}
	}
}

static const struct json *chart_used(const struct json *components)
{
	for (const struct json *at = components == NULL ? NULL : components->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(json_get(at, STR("code")), STR("text")), STR("chart")))
			return at;
	}
	return NULL;
}

static bool is_true(const struct json *extension)
{
	const struct json *value = json_get(extension, STR("valueBoolean"));
	return value != NULL && value->type == JSON_TRUE;
}

static void put_chart_used(struct text *text, const struct json *used)
{
	const struct json *shown =
		json_at(json_get(json_get(used, STR("valueCodeableConcept")), STR("coding")), 0);
	struct str by =
		json_get_text(model_extension(used, STR("chart-chosen-by")), STR("valueString"));
	if (shown == NULL)
		return;
	text_put_format(text, " (chart %.*s", STR_ARG(json_get_text(shown, STR("display"))));
	if (by.len > 0)
		text_put_format(text, ", chosen by %.*s", STR_ARG(by));
	text_put_byte(text, ')');
}

static struct str score_text(struct stay_chart *chart, const struct json *score,
			     const struct json *used)
{
	struct text text;
	struct str code = model_code(json_get(score, STR("code")), STR("http://snomed.info/sct"));
	struct str value = json_get_text(json_get(score, STR("valueQuantity")), STR("value"));
	struct str high =
		json_get_text(model_extension(score, STR("score-high")), STR("valueInteger"));
	struct str level =
		json_get_text(model_extension(score, STR("score-level")), STR("valueCode"));
	text_init(&text, chart->arena, STAY_CHART_TEXT_MAX);
	text_put_c(&text, str_equal(code, STR("1363261000000104"))   ? "PEWS "
			  : str_equal(code, STR("1104051000000101")) ? "NEWS2 "
								     : "MEOWS ");
	text_put(&text, value.len > 0 ? value : json_get_text(score, STR("valueString")));
	if (!str_equal(level, STR("none")))
		text_put_format(&text, " %.*s", STR_ARG(level));
	if (!is_true(model_extension(score, STR("score-complete"))))
		text_put_format(&text, ", partial%s%.*s", high.len > 0 ? ", could be " : "",
				STR_ARG(high));
	put_parts(&text, json_get(score, STR("component")));
	put_chart_used(&text, used);
	return stay_chart_keep(chart, text_view(&text));
}

void stay_chart_add_score(struct stay_chart *chart, const struct json *score)
{
	const struct json *episode =
		json_get(model_extension(score, STR("episode")), STR("valueReference"));
	const struct json *used = chart_used(json_get(score, STR("component")));
	struct stay_chart_score *one = ARENA_NEW(chart->arena, struct stay_chart_score, 1);
	struct decimal total = { 0 };
	if (one == NULL || !str_equal(model_reference_id(episode, STR("EpisodeOfCare")), chart->id))
		return;
	bool has_total =
		decimal_parse(json_get_text(json_get(score, STR("valueQuantity")), STR("value")),
			      &total) == ERROR_OK;
	struct str code = model_code(json_get(used, STR("valueCodeableConcept")),
				     STR(HOMEWARD_URL "CodeSystem/pews-chart"));
	if (code.len == 0) /* a score of before the chart was said */
		code = json_get_text(model_extension(score, STR("score-band")), STR("valueString"));
	*one = (struct stay_chart_score){
		.at_us = record_instant(score, STR("effectiveDateTime"), chart->start_us),
		.total = decimal_to_double(total),
		.band = band_of(chart, code),
		.has_total = has_total,
		.text = score_text(chart, score, used),
	};
	*chart->scores_tail = one;
	chart->scores_tail = &one->next;
}
