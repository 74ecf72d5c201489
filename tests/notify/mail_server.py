# SPDX-License-Identifier: Apache-2.0
"""A real mail server for tests: aiosmtpd (Debian), STARTTLS and login asked for; what it takes goes to stdout as JSON lines.

usage: mail_server.py CERTIFICATE KEY USER PASSWORD
First line: {"port": N}. Recipients that begin with "unknown" are refused for good (550), with "busy" for now (451).
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("busy"):
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                          "user": session.auth_data.login.decode(), "message": envelope.content.decode("ascii")}), flush=True)
        return "250 Message accepted"


async def run(certificate, key, user, password):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=isinstance(data, LoginPassword) and data.login == user.encode() and
                          data.password == password.encode(), auth_data=data, handled=False)

    def factory():
        return SMTP(Handler(), hostname="mail.test", tls_context=context, require_starttls=True, authenticator=check,
                    auth_required=True)

    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:5]))
