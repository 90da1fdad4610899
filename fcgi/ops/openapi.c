/* SPDX-License-Identifier: MIT */
/*
 * GET /api/openapi.json: the OpenAPI 3.0 document, made of three tables: the
 * paths (routes.def), what they are for (routes_about.def) and the objects they
 * speak of (schemas.def); the methods of JSON-RPC (rpc_methods.def) are listed
 * with its paths. What holds for many paths follows from routes.def and is said
 * once: put_responses().
 */
#include "fcgi/ops/openapi.h"

#include <stdio.h>

#include "base/bug.h"
#include "fcgi/http/handlers.h"
#include "fcgi/ops/openapi_type.h"
#include "fcgi/rpc/rpc.h"

static const struct route_about abouts[] = {
#define PARAM(...)
#define ABOUT(m, p, t, q, b, a, o, s)                                           \
	{.method = HTTP_##m, .pattern = p, .tag = t, .query = q, .body = b,     \
	 .answer = a, .others = o, .summary = s},
#include "fcgi/http/routes_about.def"
#undef ABOUT
#undef PARAM
};

static const struct param {
	const char *name, *type, *about;
} params[] = {
#define ABOUT(...)
#define PARAM(n, t, a) {n, t, a},
#include "fcgi/http/routes_about.def"
#undef PARAM
#undef ABOUT
};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

const struct route_about *route_about_at(size_t i)
{
	return i < COUNT(abouts) ? &abouts[i] : NULL;
}

const struct route_about *route_about_find(enum http_method method,
					   const char *pattern)
{
	for (size_t i = 0; i < COUNT(abouts); i++)
		if (abouts[i].method == method &&
		    strcmp(abouts[i].pattern, pattern) == 0)
			return &abouts[i];
	return NULL;
}

static const struct param *param_find(const char *name, size_t n)
{
	for (size_t i = 0; i < COUNT(params); i++)
		if (openapi_is(name, n, params[i].name))
			return &params[i];
	return NULL;
}

bool openapi_knows_param(const char *name, size_t n)
{
	return param_find(name, n) != NULL;
}

/* --- parameters --- */

static void put_param(struct json_writer *w, const char *name, size_t n,
		      const struct param *p, const char *in)
{
	if (!p)
		BUG("a parameter that routes_about.def does not know");
	json_obj_begin(w);
	json_key(w, "name");
	json_strn(w, name, n);
	json_put_str(w, "in", in);
	json_put_bool(w, "required", strcmp(in, "path") == 0);
	json_put_str(w, "description", p->about);
	json_key(w, "schema");
	openapi_put_type(w, p->type, strlen(p->type));
	json_obj_end(w);
}

static bool in_one_state(const struct route *r)
{
	return r->method == HTTP_GET && r->cache != CACHE_NOW &&
	       strncmp(r->pattern, "/api/", 5) == 0;
}

static void put_params(struct json_writer *w, const struct route *r,
		       const struct route_about *a)
{
	static const struct param if_tip = {
		"If-Tip", "hash", "Answer only while this is the tip; 412 otherwise",
	};
	const char *at = a->query;
	struct openapi_word m;

	json_key(w, "parameters");
	json_arr_begin(w);
	for (const char *p = r->pattern; (p = strchr(p, ':'));) {
		size_t n = strcspn(++p, "/");

		put_param(w, p, n, param_find(p, n), "path");
	}
	while (openapi_word(&at, '=', &m))
		put_param(w, m.name, m.name_len,
			  m.value_len ? param_find(m.value, m.value_len)
				      : param_find(m.name, m.name_len),
			  "query");
	if (in_one_state(r))
		put_param(w, if_tip.name, strlen(if_tip.name), &if_tip, "header");
	json_arr_end(w);
}

/* --- bodies and answers --- */

static void put_media(struct json_writer *w, const char *type, const char *schema,
		      size_t n)
{
	json_key(w, type);
	json_obj_begin(w);
	if (n) {
		json_key(w, "schema");
		openapi_put_type(w, schema, n);
	}
	json_obj_end(w);
}

/* One of "json TYPE", "text", "bytes", "hex", "csv", "events", "html", "svg". */
static void put_form(struct json_writer *w, const char *form, size_t n)
{
	if (n > 5 && memcmp(form, "json ", 5) == 0)
		put_media(w, TYPE_JSON, form + 5, n - 5);
	else if (openapi_is(form, n, "text"))
		put_media(w, TYPE_TEXT, "text", 4);
	else if (openapi_is(form, n, "hex"))
		put_media(w, TYPE_TEXT, "hex", 3);
	else if (openapi_is(form, n, "csv"))
		put_media(w, "text/csv", "text", 4);
	else if (openapi_is(form, n, "events"))
		put_media(w, "text/event-stream", "text", 4);
	else if (openapi_is(form, n, "html"))
		put_media(w, "text/html", "text", 4);
	else if (openapi_is(form, n, "svg"))
		put_media(w, "image/svg+xml", "text", 4);
	else if (openapi_is(form, n, "bytes"))
		put_media(w, TYPE_BYTES, "", 0);
	else
		BUG("a form of answers that routes_about.def does not know");
}

/* Forms parted by " or "; a '?' at the end is for who asks whether a body must
 * be. */
static void put_content(struct json_writer *w, const char *forms)
{
	const char *part;

	json_key(w, "content");
	json_obj_begin(w);
	for (; (part = strstr(forms, " or ")); forms = part + 4)
		put_form(w, forms, (size_t)(part - forms));
	put_form(w, forms, strcspn(forms, "?"));
	json_obj_end(w);
}

static void put_body(struct json_writer *w, const struct route *r,
		     const struct route_about *a)
{
	if (r->body == BODY_NONE)
		return;
	json_key(w, "requestBody");
	json_obj_begin(w);
	json_put_bool(w, "required", a->body[strlen(a->body) - 1] != '?');
	json_put_uint(w, "x-max-bytes", r->body_max);
	put_content(w, a->body);
	json_obj_end(w);
}

static void put_response(struct json_writer *w, const char *code, const char *name)
{
	json_key(w, code);
	json_obj_begin(w);
	openapi_put_ref(w, "responses", name, strlen(name));
	json_obj_end(w);
}

static void put_answer(struct json_writer *w, const char *code, const char *form,
		       const char *about)
{
	json_key(w, code);
	json_obj_begin(w);
	json_put_str(w, "description", about);
	put_content(w, form);
	json_obj_end(w);
}

static bool names(const char *list, const char *code)
{
	struct openapi_word m;

	while (openapi_word(&list, ':', &m))
		if (openapi_is(m.name, m.name_len, code))
			return true;
	return false;
}

/* Whether its refusals are objects (error.h). */
static bool is_object(const struct route *r)
{
	return request_path_is_object(r->pattern, strlen(r->pattern));
}

static void put_responses(struct json_writer *w, const struct route *r,
			  const struct route_about *a)
{
	bool api = strncmp(r->pattern, "/api/", 5) == 0;
	bool rpc = strcmp(a->others, "rpc") == 0;
	bool sql = strcmp(a->tag, "SQL") == 0;
	bool lab = strcmp(a->tag, "Laboratory") == 0;
	const char *refusal = is_object(r) ? "Refusal" :
			      rpc || ((lab || sql) && !api) ? "Any" :
			      api ? "Text" : "Sentence";
	const struct {
		const char *code;
		const char *response;
		bool holds;
	} rules[] = {
		{"204", "Nothing", rpc},
		{"304", "Unchanged", in_one_state(r) || r->cache == CACHE_TIP ||
					 r->cache == CACHE_IMMUTABLE},
		{"400", "Any", true},
		/* a token that is not good is refused everywhere */
		{"401", rpc ? "Any" : refusal, r->role != ROLE_NONE ||
					       r->body != BODY_NONE || is_object(r)},
		{"403", refusal, r->role != ROLE_NONE || r->method == HTTP_POST ||
				 r->where == WHERE_TEST},
		{"404", refusal, rpc},
		{"412", refusal, in_one_state(r)},
		{"413", "Any", true},
		{"414", "Any", true},
		{"415", refusal, r->body == BODY_JSON && !api},
		{"429", "Any", true},
		{"500", refusal, true},
		{"502", "Any", true},
		{"503", refusal, true},
		{"504", "Any", true},
	};
	const char *at = a->others;
	char code[8] = "200", form[64];
	const char *answer = a->answer;
	struct openapi_word m;

	json_key(w, "responses");
	json_obj_begin(w);
	if (*answer >= '0' && *answer <= '9') {
		snprintf(code, sizeof(code), "%.3s", answer);
		answer += 4;
	}
	put_answer(w, code, answer, "The answer");
	while (!rpc && openapi_word(&at, ':', &m)) {
		snprintf(code, sizeof(code), "%.*s", (int)m.name_len, m.name);
		if (m.value_len) {
			snprintf(form, sizeof(form), "json %.*s",
				 (int)m.value_len, m.value);
			put_answer(w, code, form, "The answer when it is bad");
		} else {
			/* the web server makes some of these itself */
			put_response(w, code, strcmp(code, "400") == 0 ? "Any"
								       : refusal);
		}
	}
	for (size_t i = 0; i < COUNT(rules); i++)
		if (rules[i].holds && !names(a->others, rules[i].code))
			put_response(w, rules[i].code, rules[i].response);
	json_obj_end(w);
}

/* --- JSON-RPC --- */

static void put_methods(struct json_writer *w)
{
	const struct rpc_method *m;

	json_key(w, "x-methods");
	json_arr_begin(w);
	for (size_t i = 0; (m = rpc_method_at(i)); i++) {
		json_obj_begin(w);
		json_put_str(w, "name", m->name);
		json_put_str(w, "about", m->about);
		json_put_str(w, "role", rpc_role_name(m->role));
		json_key(w, "params");
		json_arr_begin(w);
		for (const struct rpc_arg *a = m->args; a && a->names; a++) {
			json_obj_begin(w);
			json_put_str(w, "name", a->names);
			json_put_bool(w, "required", a->required);
			json_put_str(w, "about", a->help);
			json_obj_end(w);
		}
		json_arr_end(w);
		json_put_str(w, "result", m->result);
		json_obj_end(w);
	}
	json_arr_end(w);
}

/* --- the document --- */

/* "get_api_tx_txid" of GET /api/tx/:txid. */
static void put_operation_id(struct json_writer *w, const struct route *r)
{
	char text[96];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s%s",
				    r->method == HTTP_GET ? "get" : "post",
				    r->pattern);

	for (size_t i = 0; i < n && text[i]; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", text[i]))
			text[i] = '_';
	json_put_str(w, "operationId", text);
}

/* What it needs; which of it visitors have is configuration. */
static void put_role(struct json_writer *w, const struct route *r)
{
	char text[ROLES_TEXT_SIZE];

	json_put_str(w, "x-role", r->role == ROLE_NONE ? "none" :
				  r->role == ROLE_USER ? "user" :
				  r->role == ROLE_SESSION ? "session" :
				  roles_text(text, r->role));
}

/* One way to say who one is: what else the scheme needs goes without saying. */
static void put_way(struct json_writer *w, const char *name)
{
	json_obj_begin(w);
	if (name) {
		json_key(w, name);
		json_arr_begin(w);
		json_arr_end(w);
	}
	json_obj_end(w);
}

static void put_security(struct json_writer *w, const struct route *r, bool rpc)
{
	if (r->role == ROLE_NONE && !rpc)
		return;
	json_key(w, "security");
	json_arr_begin(w);
	if (rpc)
		put_way(w, "basic");
	if (r->role && !(r->role & (ROLE_USER | ROLE_SESSION | ROLE_ADMIN)))
		put_way(w, NULL);
	if (r->role != ROLE_SESSION)
		put_way(w, "bearer");
	put_way(w, "session");
	json_arr_end(w);
}

static void put_operation(struct json_writer *w, const struct route *r)
{
	const struct route_about *a = route_about_find(r->method, r->pattern);

	if (!a)
		BUG("a route that routes_about.def does not describe");
	json_key(w, r->method == HTTP_GET ? "get" : "post");
	json_obj_begin(w);
	put_operation_id(w, r);
	json_put_str(w, "summary", a->summary);
	put_role(w, r);
	json_key(w, "tags");
	json_arr_begin(w);
	json_str(w, a->tag);
	json_arr_end(w);
	put_params(w, r, a);
	put_body(w, r, a);
	put_responses(w, r, a);
	put_security(w, r, strcmp(a->others, "rpc") == 0);
	if (strcmp(r->pattern, "/rpc") == 0)
		put_methods(w);
	json_obj_end(w);
}

/* "/api/tx/:txid" becomes "/api/tx/{txid}". */
static void put_path_key(struct json_writer *w, const char *pattern)
{
	char text[128];
	size_t n = 0;

	for (const char *p = pattern; *p && n + 4 < sizeof(text);) {
		size_t len = *p == ':' ? strcspn(p + 1, "/") : 1;

		if (*p == ':') {
			n += (size_t)snprintf(text + n, sizeof(text) - n, "{%.*s}",
					      (int)len, p + 1);
			p += len + 1;
		} else {
			text[n++] = *p++;
		}
	}
	text[n] = '\0';
	json_key(w, text);
}

/* Each path stands where its first route does, with all its methods. */
static void put_paths(struct json_writer *w)
{
	size_t count;
	const struct route *r = route_table(&count);

	json_key(w, "paths");
	json_obj_begin(w);
	for (size_t i = 0; i < count; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first &= strcmp(r[k].pattern, r[i].pattern) != 0;
		if (!first)
			continue;
		put_path_key(w, r[i].pattern);
		json_obj_begin(w);
		for (size_t k = i; k < count; k++)
			if (strcmp(r[k].pattern, r[i].pattern) == 0)
				put_operation(w, &r[k]);
		json_obj_end(w);
	}
	json_obj_end(w);
}

static void put_refusal(struct json_writer *w, const char *name, const char *about,
			bool text, bool html, const char *json)
{
	json_key(w, name);
	json_obj_begin(w);
	json_put_str(w, "description", about);
	if (text || html || json) {
		json_key(w, "content");
		json_obj_begin(w);
		if (text)
			put_media(w, TYPE_TEXT, "text", 4);
		if (html)
			put_media(w, "text/html", "text", 4);
		if (json)
			put_media(w, TYPE_JSON, json, strlen(json));
		json_obj_end(w);
	}
	json_obj_end(w);
}

static void put_scheme(struct json_writer *w, const char *name,
		       const char *scheme)
{
	json_key(w, name);
	json_obj_begin(w);
	json_put_str(w, "type", "http");
	json_put_str(w, "scheme", scheme);
	json_obj_end(w);
}

static void put_components(struct json_writer *w)
{
	json_key(w, "components");
	json_obj_begin(w);
	openapi_put_schemas(w);
	json_key(w, "responses");
	json_obj_begin(w);
	put_refusal(w, "Nothing", "Nothing to say", false, false, NULL);
	put_refusal(w, "Unchanged", "As the client has it", false, false, NULL);
	put_refusal(w, "Text", "A refusal as bare text", true, false, NULL);
	put_refusal(w, "Sentence", "A refusal: JSON where Accept prefers it",
		    false, true, "Error");
	put_refusal(w, "Refusal", "A refusal as an object; nginx's have code and "
		    "message alone", false, true, "any");
	put_refusal(w, "Any", "A refusal, perhaps of the web server", true, true,
		    "any");
	json_obj_end(w);
	json_key(w, "securitySchemes");
	json_obj_begin(w);
	put_scheme(w, "basic", "basic");
	put_scheme(w, "bearer", "bearer");
	json_key(w, "session");
	json_obj_begin(w);
	json_put_str(w, "type", "apiKey");
	json_put_str(w, "in", "cookie");
	json_put_str(w, "name", "__Host-quarry");
	json_put_str(w, "description", "What changes something needs the header "
		     "X-Quarry-CSRF, too, with the csrf of GET /account.");
	json_obj_end(w);
	json_obj_end(w);
	json_obj_end(w);
}

void openapi_write(struct buf *out)
{
	struct json_writer w;

	json_begin(&w, out);
	json_obj_begin(&w);
	json_put_str(&w, "openapi", "3.0.3");
	json_key(&w, "info");
	json_obj_begin(&w);
	json_put_str(&w, "title", "Quarry");
	json_put_str(&w, "version", PACKAGE_VERSION);
	json_put_str(&w, "description",
		     "A node's whole HTTP interface. Paths under /api are there "
		     "without /api, too, on the REST port. GET answers HEAD. "
		     "Answers under /api name the tip they were computed at: "
		     "X-Quarry-Tip, X-Quarry-Height, ETag.");
	json_obj_end(&w);
	json_key(&w, "servers");
	json_arr_begin(&w);
	json_obj_begin(&w);
	json_put_str(&w, "url", "/");
	json_obj_end(&w);
	json_arr_end(&w);
	put_paths(&w);
	put_components(&w);
	json_obj_end(&w);
	buf_text(out, "\n");
}

void openapi_get(struct app *app, const struct request *rq, struct response *rs)
{
	(void)app;
	(void)rq;
	openapi_write(&rs->body);
}
