// Fills the time zone that the browser knows, and the list to choose from.
for (const field of document.querySelectorAll("[data-zone]")) {
  if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  const list = document.getElementById(field.getAttribute("list"));
  if (!list || !Intl.supportedValuesOf) continue;
  for (const zone of Intl.supportedValuesOf("timeZone")) list.append(new Option(zone, zone));
}
