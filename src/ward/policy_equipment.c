/* SPDX-License-Identifier: Apache-2.0
 * What a policy says of home equipment, action "equipment". A policy that is silent has the defaults of
 * reference/ward.md, section 4; where that says nothing (scale, signal quality) they are proposals. */
#include "ward/policy_setting.h"

static void read_us(const struct section *section, struct str name, int64_t *us)
{
	if (section_has(section, name))
		section_us(section, name, us);
	if (*us < DATE_US_PER_MIN)
		section_refuse(section, name, "must be a minute at least");
}

static void read_percent(const struct section *section, struct str name, int *percent)
{
	if (section_has(section, name))
		section_int(section, name, percent);
	if (*percent > 100)
		section_refuse(section, name, "must be 100 (percent) at most");
}

void policy_equipment_read(struct policy_reader *reader, struct policy *policy)
{
	const struct section section = section_of(reader, STR("equipment"));
	int quality = 50;
	policy->silent_continuous_us = 30 * DATE_US_PER_MIN;
	policy->silent_spot_us = 12 * DATE_US_PER_HOUR;
	policy->silent_scale_us = 30 * DATE_US_PER_HOUR;
	policy->clock_amber_us = 10 * DATE_US_PER_MIN;
	policy->battery_low = 20;
	policy->battery_amber = 10;
	read_us(&section, STR("silentContinuous"), &policy->silent_continuous_us);
	read_us(&section, STR("silentSpot"), &policy->silent_spot_us);
	read_us(&section, STR("silentScale"), &policy->silent_scale_us);
	read_us(&section, STR("clockAmber"), &policy->clock_amber_us);
	read_percent(&section, STR("batteryLow"), &policy->battery_low);
	read_percent(&section, STR("batteryAmber"), &policy->battery_amber);
	read_percent(&section, STR("signalQuality"), &quality);
	policy->signal_quality = quality * 10;
	if (policy->battery_amber > policy->battery_low)
		section_refuse(&section, STR("batteryAmber"), "must not be above batteryLow");
}
