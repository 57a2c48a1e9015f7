// The Mini App: Telegram puts what it signed behind the # of the address, where no server log sees it.

const signed = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
const form = document.querySelector("form");
if (signed && form) {
  form.elements.signed.value = signed;
  form.hidden = false;
  history.replaceState(null, "", location.pathname);
  form.submit();
}
