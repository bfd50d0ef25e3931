import type { DemoFacts } from '../pages/demo-facts.ts';
import type { PublicApi } from '../widget/public-api.ts';

/**
 * Loads the same file that a site's tag loads. As a module, because the demo's strict policy (Trusted Types) forbids
 * a script to write a script tag; so its settings come from the window instead of attributes.
 */
export const loadWidget = async ({ domainId, suggestedQuestions }: DemoFacts): Promise<PublicApi> => {
  window.CustomerSupportWidgetConfig = {
    domainId,
    suggestedQuestions,
    widgetTitle: 'Fernhill Outdoor',
    welcomeMessage: 'Hello! What would you like to know about Fernhill?',
  };
  const address = '/static/widget.js';
  await import(address);
  const widget = window.CustomerSupportWidget;
  if (widget === undefined) throw new Error('The widget did not start.');
  return widget;
};
