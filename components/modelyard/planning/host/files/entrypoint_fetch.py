"""Gets the runtime at MODELYARD_RUNTIME (s3:// or file://) and becomes it, if it is what its name says.

The name is the runtime's SHA-256. It is kept in memory: nothing is left on a disk, nobody else can change it
before it is run, and a read-only file system will do. The image's python3 runs it, with the standard library
alone. User data has little room, so it is short: launcher/modelyard_node/store has all of it at length.
"""

# pyright: basic, reportArgumentType=false, reportOptionalOperand=false, reportOptionalSubscript=false
# pyright: reportOptionalMemberAccess=false, reportOperatorIssue=false, reportCallIssue=false

import hashlib, hmac, json, os, sys, time
import urllib.request as web

env = os.environ.get
# Neither a store nor what gives credentials is reached by a proxy of the environment's.
opener = web.build_opener(web.ProxyHandler({}))


def fail(text):
    """Say what is wrong, and leave as a node that can't be set up (modelyard_node.codes)."""
    print("modelyard:", text, file=sys.stderr)
    sys.exit(242)


def get(url, headers):
    """The content at a URL; its server may be out for half a minute."""
    for pause in 1, 2, 4, 8, 16, 0:
        try:
            return opener.open(web.Request(url, None, headers), timeout=20).read()
        except Exception as error:
            if not pause or 400 <= getattr(error, "code", 0) < 429:
                fail(f"{url}: {error}")
        time.sleep(pause)


url = uri = env("MODELYARD_RUNTIME")
headers = {}
if uri[:5] == "s3://":
    region = env("AWS_REGION")
    bucket, path = uri[5:].split("/", 1)
    url = env("AWS_ENDPOINT_URL")
    url = url + uri[4:] if url else f"https://{bucket}.s3.{region}.amazonaws.com/{path}"
    # Credentials of the environment, or of the container's role.
    names = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
    said = os.environ
    if names[0] not in said:
        names = "AccessKeyId", "SecretAccessKey", "Token"
        path = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        whole = env("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if not (path or whole):
            fail("the job has no role")
        # A provider that isn't ECS's own wants a token.
        token = env("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        asked = {"Authorization": token} if token else {}
        said = json.loads(get("http://169.254.170.2" + path if path else whole, asked))
    access, secret, token = map(said.get, names)
    # Signature Version 4.
    _, _, host, path = url.split("/", 3)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in headers)
    text = f"GET\n/{path}\n\n{lines}\n{names}\nUNSIGNED-PAYLOAD".encode()
    digest = hashlib.sha256(text).hexdigest()
    scope = f"{now[:8]}/{region}/s3/aws4_request"
    key = ("AWS4" + secret).encode()
    for part in *scope.split("/"), f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}":
        key = hmac.digest(key, part.encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={names},Signature={key.hex()}"
    )
content = get(url, headers)
if hashlib.sha256(content).hexdigest() not in uri:
    fail(uri + " isn't what its name says")
file = os.memfd_create("", 0)
os.write(file, content)
os.execv(sys.executable, [sys.executable, "-I", f"/proc/self/fd/{file}"])
