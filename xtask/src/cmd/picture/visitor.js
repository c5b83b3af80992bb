// What a person does in the page of the documentation, and sees in it. Each returns nothing where it cannot be done yet.
window.visitor = {
  form: () => document.querySelector("[aria-label='API Client']"),
  response: () => document.querySelector("section[aria-label=Response]"),
  button(within, name) {
    return [...(within?.querySelectorAll("button") ?? [])].find((button) => button.textContent.trim().startsWith(name));
  },
  press(within, name) {
    const button = this.button(within, name);
    button?.click();
    return Boolean(button);
  },
  listOfCourses: () => document.querySelector("[id$='/GET/api/service/courses']"),
  seesOperation() {
    return Boolean(this.button(this.listOfCourses(), "Test Request")) && Math.abs(this.listOfCourses().getBoundingClientRect().top) < window.innerHeight / 4;
  },
  opensForm() {
    return this.press(this.listOfCourses(), "Test Request");
  },
  goesToToken() {
    const field = this.form()?.querySelector("input[placeholder=Token]");
    field?.focus();
    return Boolean(field) && document.activeElement === field;
  },
  sends() {
    document.activeElement?.blur();
    return this.press(this.form(), "Send");
  },
  // The fields of which the form warns.
  warnings() {
    return [...this.form().querySelectorAll("[role=alert]")].map((warning) => {
      let field = warning;
      while (!field.textContent.trim()) {
        field = field.parentElement;
      }
      return field.textContent.trim();
    });
  },
  moves() {
    return document.getAnimations().some(({ playState, effect }) => playState === "running" && effect.getComputedTiming().endTime < Infinity);
  },
  // The first line of the response, and whether its body can be seen without scrolling.
  seesResponse() {
    const line = this.response()?.innerText.match(/\b\d{3} \w+/)?.[0];
    const body = this.response()?.querySelector(".cm-line");
    const isThere = line && body && !this.moves();
    return isThere && { status: line, visible: body.getBoundingClientRect().bottom < window.innerHeight };
  },
};
