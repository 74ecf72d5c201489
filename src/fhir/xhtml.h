/* SPDX-License-Identifier: Apache-2.0
 * A scanner of XHTML fragments: tags, attributes and text one by one. It knows XML's lexical rules
 * and nothing about what is allowed in a narrative. */
#ifndef FHIR_XHTML_H
#define FHIR_XHTML_H

#include "base/str.h"

enum token_kind {
	TOKEN_TEXT,
	TOKEN_OPEN,      /* "<name" */
	TOKEN_ATTRIBUTE, /* name="value" */
	TOKEN_OPEN_END,  /* ">" */
	TOKEN_EMPTY_END, /* "/>" */
	TOKEN_CLOSE,     /* "</name>" */
	TOKEN_END,
	TOKEN_BAD,
};
struct token {
	enum token_kind kind;
	struct str name;
	struct str value; /* attribute's value or text, entities not decoded */
};
struct scanner {
	struct str text;
	size_t at;
	bool in_tag;
};

/* The next token; comments are passed over. After TOKEN_BAD or TOKEN_END scanning is over. */
struct token xhtml_next(struct scanner *scanner);
/* The next character of a text or attribute value, references decoded; moves *at past it. False when
 * XML does not allow it. *at is less than the length. */
bool xhtml_character(struct str text, size_t *at, uint32_t *ret_character);

#endif
