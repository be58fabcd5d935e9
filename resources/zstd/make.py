#!/usr/bin/env python3
"""Makes the dictionary that stored mail is packed with: invents some thousand mails (headers as servers and programs
write them, text and HTML of our own writing, the words of the demo mailbox) and lets zstd learn what they share.

    python3 resources/zstd/make.py OUT.dict     needs the program zstd

A dictionary that was shipped is never made anew under its old number: stored mail needs it byte for byte."""
import base64, pathlib, quopri, random, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
R = random.Random(20261126)
MAILS = 6000
SIZE = 64 * 1024

def demo_words():
    """Every longer text in the source of the demo mailbox."""
    texts = []
    for path in sorted((ROOT / "src/demo/sample").rglob("*.rs")):
        code = path.read_text().split("#[cfg(test)]")[0]
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', code):
            text = re.sub(r"\\\n\s*", "", text).replace("\\n", "\n").replace('\\"', '"')
            if len(text) > 30 and "{" not in text:
                texts.append(text)
    return texts

ENGLISH = """Thank you for your message. | I have attached the report that we talked about on Monday. | Please let me know if you have
any questions. | Could you have a look at the numbers before the meeting on Thursday? | The next release will be ready at the end of
the month. | Kind regards, | Best wishes, | Many thanks in advance. | See you tomorrow! | I will be out of the office until next week. |
Your order has been shipped and should arrive within three working days. | We have received your payment. | If you did not request
this, you can ignore this email. | To unsubscribe from this list, click here. | You are receiving this email because you signed up for
our newsletter. | View this email in your browser | All rights reserved. | Please do not reply to this message. | This message was sent
automatically. | The information in this email and any attachments is confidential and intended only for the person to whom it is
addressed. | If you are not the intended recipient, please delete it and tell the sender. | I think that would be the best way to do it,
but what about the other people in the team? | It does not work for me with the latest version, I get an error when I try to build it. |
Here is the patch that should fix the problem. | That is what I would have expected as well. | On the other hand there is no reason to
change it now. | Let us talk about this when you are back. | Do you know whether the server was restarted after the update? | The
following changes were made since the last time: | Here are the details of your account. | Click the link below to confirm your address. |
Your password was changed. | A new sign-in to your account was noticed. | Free shipping on all orders this weekend only. | Sign up today
and save up to 50 percent. | Learn more | Read more | Shop now | Get started | Contact us | Privacy policy | Terms of service |
Invoice number | Total amount | Customer service | which would have been about their because should there people before through |
we are looking forward to hearing from you | there is no need to do anything else at this time | in the last few days I have been working on"""
GERMAN = """Vielen Dank für Ihre Nachricht. | Mit freundlichen Grüßen | Liebe Grüße | anbei sende ich Ihnen die Unterlagen, über die wir gestern
gesprochen haben. | Bitte geben Sie mir bis Freitag Bescheid. | Ihre Bestellung wurde versandt. | Die Rechnung finden Sie im Anhang. |
Sie erhalten diese E-Mail, weil Sie sich für unseren Newsletter angemeldet haben. | Newsletter abbestellen | Sehr geehrte Damen und Herren, |
Hallo zusammen, | können wir den Termin auf nächste Woche verschieben? | Diese Nachricht wurde automatisch erstellt."""
OTHER = """Bonjour, | Merci beaucoup pour votre réponse. | Cordialement, | Veuillez trouver ci-joint le document demandé. | Si vous ne souhaitez plus
recevoir nos messages, cliquez ici. | Hola, | Muchas gracias por tu mensaje. | Un saludo, | Adjunto el informe de esta semana. | Con i migliori
saluti, | Grazie per il messaggio. | Met vriendelijke groet, | Obrigado pela sua mensagem. | Pozdrawiam, | Vänliga hälsningar,"""
def sentences(text): return [re.sub(r"\s+", " ", s).strip() for s in text.split("|")]
TEXTS = sentences(ENGLISH) * 3 + sentences(GERMAN) + sentences(OTHER) + demo_words()
DAYS, MONTHS = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ZONES = ["+0000", "-0700", "-0500", "-0400", "+0100", "+0200", "+0000 (UTC)", "-0700 (PDT)", "-0800 (PST)", "-0500 (EST)", "-0400 (EDT)", "+0200 (CEST)", "+0100 (CET)", "+0100 (IST)"]
NAMES = "Ann Bob Carol David Eva Frank Grace Hugo Ines Jan Karen Luis Maria Nina Oscar Paul Rita Sam Tom Vera".split()
LAST = "Adler Brook Carter Dunn Evans Fisher Gray Hall Irwin Jones Keller Lang Moore North Owens Price Reed Stone Turner West".split()

def c(*some): return R.choice(some)
def pick(some): return R.choice(some)
def token(n, chars="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"): return "".join(R.choices(chars, k=n))
def hexa(n): return token(n, "0123456789abcdef")
def date(): return f"{pick(DAYS)}, {R.randrange(1, 29)} {pick(MONTHS)} {R.randrange(2001, 2027)} {R.randrange(24):02}:{R.randrange(60):02}:{R.randrange(60):02} {pick(ZONES)}"
def host(): return f"{c('mail', 'smtp', 'mx', 'mx1', 'lists', 'www', 'out', 'relay', 'mta')}{c('', '', str(R.randrange(40)))}.{token(R.randrange(4, 9)).lower()}.{c('com', 'com', 'org', 'net', 'de', 'co.uk', 'example', 'ie', 'fr')}"
def ip(): return ".".join(str(R.randrange(256)) for _ in range(4))
def address(): return f"{pick(NAMES).lower()}{c('.', '_', '')}{pick(LAST).lower()}@{host().split('.', 1)[1]}"
def base(n): return base64.b64encode(R.randbytes(n)).decode()
def fold(text, width, indent="\r\n        "): return indent.join(text[i:i + width] for i in range(0, len(text), width))

def received():
    a, b, d = host(), host(), date()
    return "Received: " + c(
        f"from {a} ({a} [{ip()}])\r\n\tby {b} (Postfix) with {c('ESMTP', 'ESMTPS', 'SMTP')} id {hexa(10).upper()}\r\n\tfor <{address()}>; {d}",
        f"from {a} ({a} [{ip()}])\r\n\t(using TLSv1.{c('2', '3')} with cipher {c('ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))', 'TLS_AES_256_GCM_SHA384 (256/256 bits)')}\r\n\t(No client certificate requested)\r\n\tby {b} (Postfix) with ESMTPS id {token(12)}\r\n\tfor <{address()}>; {d}",
        f"from localhost (localhost [127.0.0.1])\r\n\tby {b} (Postfix) with ESMTP id {hexa(9).upper()}\r\n\tfor <{pick(NAMES).lower()}@localhost>; {d}",
        f"from localhost [127.0.0.1]\r\n\tby localhost with IMAP (fetchmail-5.9.0)\r\n\tfor {pick(NAMES).lower()}@localhost (single-drop); {d}",
        f"from {a} ({a} [{ip()}]) by {b}\r\n    (8.11.6/8.11.6) with {c('ESMTP', 'SMTP')} id {token(14)} for\r\n    <{address()}>; {d}",
        f"by {ip()} with SMTP id {token(14).lower()};\r\n        {d}",
        f"from {a} ({a}. [{ip()}])\r\n        by mx.{b} with ESMTPS id {token(26).lower()}.{R.randrange(999)}.{d}\r\n        for <{address()}>\r\n        (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);\r\n        {d}",
        f"from {a} ({ip()}) by\r\n {b} ({ip()}) with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\r\n 15.20.{R.randrange(9999)}.{R.randrange(30)}; {d}",
        f"from {a} by {b} with esmtp (Exim {c('3.35', '4.92', '4.96')} #1\r\n\t(Debian)) id {token(6)}-{token(6)}-{token(2)}; {d}",
        f"(qmail {R.randrange(99999)} invoked from network); {d}",
        f"(qmail {R.randrange(99999)} invoked by uid {R.randrange(9999)}); {d}",
        f"from unknown (HELO {a}) ({ip()})\r\n    by {b} with SMTP; {d}",
        f"from [{ip()}] (helo={a})\r\n\tby {b} with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from <{address()}>)\r\n\tid {token(6)}-{token(6)}-{token(2)}\r\n\tfor {address()};\r\n\t{d}")

def trace():
    d, dom = date(), host().split(".", 1)[1]
    lines = [f"Return-Path: <{address()}>", f"Delivered-To: {address()}"]
    lines += [received() for _ in range(R.randrange(1, 5))]
    if R.random() < .4:
        lines.append(f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/{c('relaxed', 'simple')}; d={dom}; s={c('default', 'selector1', 's1', '20230601', 'k1', 'mail')};{c('', ' q=dns/txt;')}\r\n\tt={R.randrange(10**9, 2 * 10**9)}; h={c('From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Unsubscribe', 'from:to:subject:date:message-id:reply-to', 'mime-version:from:date:message-id:subject:to', 'Date:From:To:Subject:In-Reply-To:References:From')};\r\n\tbh={base(32)};\r\n\tb={fold(base(256), 72, chr(13) + chr(10) + chr(9) + ' ')}")
    if R.random() < .3:
        lines.append(f"Authentication-Results: {host()};\r\n       dkim=pass header.i=@{dom} header.s=default header.b={token(8)};\r\n       spf=pass ({host()}: domain of {address()} designates {ip()} as permitted sender) smtp.mailfrom={address()};\r\n       dmarc=pass (p={c('NONE', 'REJECT', 'QUARANTINE')} sp=NONE dis=NONE) header.from={dom}")
        lines.append(f"Received-SPF: pass ({host()}: domain of {address()} designates {ip()} as permitted sender) client-ip={ip()};")
    if R.random() < .15:
        lines.append(f"ARC-Seal: i=1; a=rsa-sha256; t={R.randrange(10**9, 2 * 10**9)}; cv=none;\r\n        d={dom}; s=arc-20160816;\r\n        b={fold(base(256), 70)}")
        lines.append(f"ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d={dom}; s=arc-20160816;\r\n        h=mime-version:subject:message-id:date:from:to:dkim-signature;\r\n        bh={base(32)};\r\n        b={fold(base(256), 70)}")
    if R.random() < .25:
        lines.append(c("X-Spam-Status: No, score=-2.1 required=5.0 tests=BAYES_00,DKIM_SIGNED,\r\n\tDKIM_VALID,DKIM_VALID_AU,HTML_MESSAGE,RCVD_IN_DNSWL_NONE,SPF_PASS\r\n\tautolearn=ham autolearn_force=no version=3.4.6", "X-Spam-Flag: NO\r\nX-Spam-Score: -1.9\r\nX-Spam-Level:", "X-Virus-Scanned: clamav-milter 0.103 at mail\r\nX-Virus-Status: Clean", "X-Spam-Checker-Version: SpamAssassin 3.4.6 (2021-04-09) on localhost"))
    return lines

def mailing_list():
    n, dom = token(R.randrange(4, 9)).lower(), "lists." + host().split(".", 1)[1]
    u = f"https://{dom}/mailman/listinfo/{n}"
    return [f"X-BeenThere: {n}@{dom}", f"X-Mailman-Version: 2.{c('0.11', '1.29', '0.9')}", f"Precedence: {c('bulk', 'list')}", f"List-Id: {pick(TEXTS)[:30]} <{n}.{dom}>", f"List-Unsubscribe: <{u}>,\r\n    <mailto:{n}-request@{dom}?subject=unsubscribe>", f"List-Archive: <http://{dom}/pipermail/{n}/>", f"List-Post: <mailto:{n}@{dom}>", f"List-Help: <mailto:{n}-request@{dom}?subject=help>", f"List-Subscribe: <{u}>,\r\n    <mailto:{n}-request@{dom}?subject=subscribe>", f"Errors-To: {n}-admin@{dom}", f"Sender: {n}-{c('admin', 'bounces')}@{dom}"]

def program():
    return c(f"X-Mailer: Microsoft Outlook {c('Express 6.00.2600.0000', '16.0', 'Express 5.50.4522.1200', 'IMO, Build 9.0.2416 (9.0.2911.0)')}\r\nX-MimeOLE: Produced By Microsoft MimeOLE V6.00.2800.1106\r\nX-Priority: 3\r\nX-MSMail-Priority: Normal\r\nImportance: Normal\r\nThread-Index: Ac{base(18)}\r\nContent-Language: en-us",
        f"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101\r\n Thunderbird/102.{R.randrange(16)}.0\r\nContent-Language: en-US\r\nX-Accept-Language: en-us, en", "User-Agent: Mutt/1.4i\r\nContent-Disposition: inline", "X-Mailer: Apple Mail (2.3731.600.7)\r\nX-Mailer: iPhone Mail (20E252)", "X-Mailer: PHPMailer 6.8.0 (https://example.org/phpmailer)", "X-Mailer: Evolution 3.46.4-2\r\nX-Mailer: Ximian Evolution 1.0.8", f"X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\nX-Originating-IP: [{ip()}]\r\nAccept-Language: en-US\r\nX-OriginatorOrg: example.org", f"X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\nX-Gm-Message-State: AOJu0Y{token(60)}\r\nX-Received: by {ip()} with SMTP id {token(20).lower()};", f"List-Unsubscribe: <https://{host()}/unsubscribe/{token(24)}>, <mailto:unsubscribe@{host()}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: {R.randrange(99999)}:{R.randrange(99999)}:campaign\r\nX-Report-Abuse: Please report abuse here: https://{host()}/abuse\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk", "", "")

def words(n): return [pick(TEXTS) for _ in range(n)]
def plain():
    out = []
    if R.random() < .35: out += [f"On {date()}, {pick(NAMES)} {pick(LAST)} {c('wrote:', '<' + address() + '> wrote:')}"] + ["> " + w for w in words(R.randrange(2, 6))] + [""]
    for _ in range(R.randrange(1, 5)): out += words(R.randrange(1, 5)) + [""]
    if R.random() < .2: out = ["-----Original Message-----", f"From: {pick(NAMES)} {pick(LAST)} [mailto:{address()}]", f"Sent: {date()}", f"To: {address()}", "Subject: RE: " + pick(TEXTS)[:30], ""] + out
    if R.random() < .3: out += ["-- ", f"{pick(NAMES)} {pick(LAST)}", f"http://www.{host().split('.', 1)[1]}/~{pick(NAMES).lower()}/"]
    if R.random() < .2: out += ["_" * 47, "list mailing list", f"list@{host()}", f"https://{host()}/mailman/listinfo/list"]
    return "\r\n".join(out) + "\r\n"

HEADS = ['<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\r\n<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\r\n<meta name="viewport" content="width=device-width, initial-scale=1.0">\r\n<meta http-equiv="X-UA-Compatible" content="IE=edge">\r\n<meta name="format-detection" content="telephone=no">\r\n<!--[if mso]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->\r\n<style type="text/css">\r\nbody, table, td, a { -webkit-text-size-adjust: 100%; -ms-text-size-adjust: 100%; }\r\ntable, td { mso-table-lspace: 0pt; mso-table-rspace: 0pt; }\r\nimg { -ms-interpolation-mode: bicubic; border: 0; height: auto; line-height: 100%; outline: none; text-decoration: none; }\r\n@media only screen and (max-width: 600px) { .container { width: 100% !important; max-width: 100% !important; } .mobile { display: none !important; } }\r\n</style>\r\n</head>\r\n',
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title></title></head>\r\n', '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">\r\n<HTML><HEAD>\r\n<META http-equiv=Content-Type content="text/html; charset=iso-8859-1">\r\n<META content="MSHTML 6.00.2716.2200" name=GENERATOR>\r\n<STYLE></STYLE>\r\n</HEAD>\r\n<BODY bgColor=#ffffff>\r\n<DIV><FONT face=Arial size=2>', '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">\r\n<head><meta name=Generator content="Microsoft Word 15 (filtered medium)"><style><!--\r\n/* Font Definitions */\r\n@font-face\r\n\t{font-family:Calibri;\r\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}\r\np.MsoNormal, li.MsoNormal, div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n\tfont-family:"Calibri",sans-serif;}\r\n--></style></head><body lang=EN-US link="#0563C1" vlink="#954F72"><div class=WordSection1><p class=MsoNormal>', '<!DOCTYPE html>\r\n<html lang="en">\r\n<head>\r\n<meta charset="utf-8">\r\n', '<div dir="ltr">']
def block():
    w, u, px = pick(TEXTS), f"https://{host()}/{c('', 'track/click', 'ls/click?upn=', 'e/c/')}{token(R.randrange(6, 40))}", c("10", "12", "14", "16", "18", "20", "24", "30")
    color = c("#333333", "#ffffff", "#000000", "#666666", "#" + hexa(6))
    return c(f'<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="{c("100%", "600")}" align="center" style="border-collapse:collapse;max-width:600px;">\r\n<tr>\r\n<td align="{c("center", "left")}" valign="top" bgcolor="{color}" style="padding:{px}px 0 {px}px 0;font-family:Arial,Helvetica,sans-serif;font-size:{px}px;line-height:1.5;color:{color};">{w}</td>\r\n</tr>\r\n</table>\r\n',
        f'<tr><td style="padding: 0 {px}px; font-family: Helvetica, Arial, sans-serif; font-size: 14px; line-height: 20px; color: {color};"><p style="margin: 0 0 {px}px 0;">{w}</p></td></tr>\r\n',
        f'<a href="{u}" target="_blank" rel="noopener noreferrer" style="color:{color};text-decoration:none;display:inline-block;font-weight:bold;">{w}</a><br />\r\n', f'<img src="https://{host()}/images/{token(12)}.{c("png", "gif", "jpg")}" width="{R.randrange(1, 600)}" height="{R.randrange(1, 300)}" alt="" border="0" style="display:block;" />\r\n',
        f"<P>{w}</P>\r\n<P>&nbsp;</P>\r\n", f'<FONT face="Verdana, Arial, Helvetica, sans-serif" size="2" color="{color}"><B>{w}</B></FONT><BR>\r\n<CENTER><TABLE border=0 cellspacing=0 cellpadding=0 width="100%"><TR><TD>', f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On {date()}, <a href="mailto:{address()}">{address()}</a> wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{w}</blockquote></div>\r\n',
        f"<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal><span style='font-size:11.0pt;font-family:\"Calibri\",sans-serif;color:#1F497D'>{w}</span></p>\r\n", f"<div><br></div><div>{w}</div>\r\n", f'<span style="font-size:{px}px;font-weight:{c("400", "bold")};">{w}</span>\r\n', f"<ul>\r\n<li>{w}</li>\r\n</ul>\r\n")
def html(): return pick(HEADS) + '<body style="margin:0;padding:0;background-color:#f4f4f4;">\r\n' + "".join(block() for _ in range(R.randrange(2, 14))) + "</table>\r\n</body>\r\n</html>\r\n"

def encoded(text, kind):
    how = c("7bit", "8bit", "quoted-printable", "quoted-printable", "base64")
    body = text.replace("\r\n", "\n")
    if how == "quoted-printable": body = quopri.encodestring(body.encode()).decode().replace("\n", "\r\n")
    elif how == "base64": body = fold(base64.b64encode(text.encode()).decode(), 76, "\r\n") + "\r\n"
    else: body = text
    charset = c("utf-8", "UTF-8", "us-ascii", "iso-8859-1", "ISO-8859-1", '"utf-8"', '"us-ascii"', '"iso-8859-1"', '"windows-1252"')
    return f"Content-Type: text/{kind}; charset={charset}{c('', '; format=flowed')}\r\nContent-Transfer-Encoding: {how}", body

def boundary(): return c("----=_NextPart_000_" + hexa(4).upper() + "_01C2" + hexa(4).upper() + "." + hexa(8).upper(), "000000000000" + hexa(12), "--boundary_" + token(10), "_000_" + token(40), "=_" + hexa(32), "------------" + token(24), "Apple-Mail=_" + hexa(8).upper(), "b1_" + hexa(32))
def body():
    x = R.random()
    if x < .4: return encoded(plain(), "plain")
    if x < .5: return encoded(html(), "html")
    b = boundary()
    parts = "This is a multi-part message in MIME format.\r\n\r\n" * (R.random() < .4)
    for text, kind in ((plain(), "plain"), (html(), "html")):
        head, content = encoded(text, kind)
        parts += f"--{b}\r\n{head}\r\n{c('', 'Content-Disposition: inline' + chr(13) + chr(10))}\r\n{content}\r\n"
    if x > .8:
        name = c("image001.png", "document.pdf", "report.docx", "invoice.pdf", "logo.gif", "smime.p7s", "signature.asc", "data.xlsx")
        kind = c("application/pdf", "image/png", "image/jpeg", "image/gif", "application/octet-stream", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/pgp-signature", "application/pkcs7-signature", "text/calendar; charset=utf-8; method=REQUEST", "message/rfc822")
        parts += f'--{b}\r\nContent-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {c("attachment", "inline")}; filename="{name}"; size={R.randrange(9999)}\r\nContent-ID: <{name}@{hexa(8).upper()}.{hexa(8).upper()}>\r\nContent-Description: {name}\r\nX-Attachment-Id: f_{token(9).lower()}\r\n\r\n{fold(base(R.randrange(60, 300)), 76, chr(13) + chr(10))}\r\n'
    kind = c("alternative", "alternative", "mixed", "related", "signed")
    extra = {"signed": '; protocol="application/pgp-signature"; micalg=pgp-sha256', "related": '; type="multipart/alternative"'}.get(kind, "")
    return f'Content-Type: multipart/{kind};\r\n\tboundary="{b}"{extra}', parts + f"--{b}--\r\n"

def mail():
    content, text = body()
    me, mid = f"{pick(NAMES)} {pick(LAST)}", f"<{c(token(20), hexa(32), str(R.randrange(10**14)), 'CA' + token(40))}@{host()}>"
    subject = c("Re: ", "RE: ", "Fwd: ", "", "", f"[{token(6).lower()}] ") + pick(TEXTS)[:50]
    lines = trace() + R.sample([f"From: {c('', chr(34))}{me}{c('', chr(34))} <{address()}>", f"To: {c(address(), 'undisclosed-recipients:;', f'{me} <{address()}>')}", f"Subject: {c(subject, '=?UTF-8?Q?' + subject.replace(' ', '_') + '?=', '=?utf-8?B?' + base64.b64encode(subject.encode()).decode() + '?=')}", f"Date: {date()}", f"Message-I{c('D', 'd')}: {mid}", "MIME-Version: 1.0"], 6)
    if R.random() < .4: lines += [f"In-Reply-To: <{token(30)}@{host()}>", f"References: <{token(30)}@{host()}>\r\n\t<{token(30)}@{host()}>"]
    if R.random() < .3: lines.append(f"Reply-To: {address()}")
    if R.random() < .2: lines.append(f"Cc: {me} <{address()}>,\r\n\t{me} <{address()}>")
    if R.random() < .3: lines += mailing_list()
    lines += [program(), content]
    return "\r\n".join(line for line in lines if line) + "\r\n\r\n" + text

def main():
    out = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for n in range(MAILS):
            (pathlib.Path(folder) / f"{n:05}.eml").write_bytes(mail().encode()[:8192])
        subprocess.run(["zstd", "-q", "-f", "-r", folder, "--train-fastcover=k=200,d=8,accel=1", f"--maxdict={SIZE}", "--dictID=1001", "-o", str(out)], check=True)
    print(out.stat().st_size, "bytes")

main()
